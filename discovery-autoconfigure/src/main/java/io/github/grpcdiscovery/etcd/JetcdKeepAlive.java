package io.github.grpcdiscovery.etcd;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lease that jetcd renews. What jetcd calls an error is passed on only if the lease
 * is gone: after all others it tries again, and whether it succeeds is watched over by
 * {@link LeaseRenewal}.
 */
final class JetcdKeepAlive implements EtcdApi.Call, StreamObserver<LeaseKeepAliveResponse> {

	private static final Logger logger = LoggerFactory.getLogger(JetcdKeepAlive.class);

	private final long lease;

	private final EtcdApi.KeepAliveListener listener;

	private final EtcdErrors errors;

	private final Executor executor;

	private final Runnable onAnswer;

	private volatile boolean closed;

	private @Nullable CloseableClient call; // on the executor only

	JetcdKeepAlive(long lease, EtcdApi.KeepAliveListener listener, EtcdErrors errors, Executor executor,
			Runnable onAnswer) {
		this.lease = lease;
		this.listener = listener;
		this.errors = errors;
		this.executor = executor;
		this.onAnswer = onAnswer;
	}

	void start(@Nullable JetcdClient client, @Nullable Throwable error) {
		if (client == null) {
			onCompleted();
			return;
		}
		run(() -> {
			if (!this.closed) {
				this.call = client.lease().keepAlive(this.lease, this);
			}
		});
	}

	@Override
	public void close() {
		this.closed = true;
		run(() -> {
			CloseableClient call = this.call;
			this.call = null;
			if (call != null) {
				call.close();
			}
		});
	}

	private void run(Runnable task) {
		try {
			this.executor.execute(() -> {
				try {
					task.run();
				}
				catch (RuntimeException | LinkageError ex) {
					logger.debug("Renewal of lease {} ends", Long.toHexString(this.lease), ex);
					onCompleted();
				}
			});
		}
		catch (RejectedExecutionException ex) {
			logger.trace("Renewal after the connection was closed", ex);
		}
	}

	@Override
	public void onNext(LeaseKeepAliveResponse response) {
		tell(() -> {
			this.onAnswer.run();
			this.listener.onRenewed();
		});
	}

	@Override
	public void onError(Throwable error) {
		tell(() -> {
			String operation = "renew lease " + Long.toHexString(this.lease);
			if (EtcdErrors.code(error) == Code.NOT_FOUND) {
				this.onAnswer.run();
				this.listener.onGone(this.errors.leaseGone(operation));
			}
			else {
				this.listener.onTrouble(this.errors.translate(operation, error));
			}
		});
	}

	@Override
	public void onCompleted() {
		tell(this.listener::onStopped);
	}

	// an exception here would end jetcd's stream, or its timers for all leases
	private void tell(Runnable call) {
		if (this.closed) {
			return;
		}
		try {
			call.run();
		}
		catch (Throwable ex) {
			logger.error("Could not pass on an answer about lease {}", Long.toHexString(this.lease), ex);
		}
	}

}
