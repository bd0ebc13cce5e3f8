package io.github.grpcdiscovery.etcd;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch of jetcd. The first error or completion is its end: jetcd's own way to resume
 * loses events (it takes the store's revision at the time of the confirmation for the
 * last one seen).
 */
final class JetcdWatch implements EtcdApi.WatchCall, Watch.Listener {

	private static final Logger logger = LoggerFactory.getLogger(JetcdWatch.class);

	private final String key;

	private final boolean prefix;

	private final long revision;

	private final EtcdApi.WatchListener listener;

	private final EtcdErrors errors;

	private final Executor executor;

	private final Runnable onAnswer;

	private volatile boolean closed;

	private Watch.@Nullable Watcher call; // on the executor only

	JetcdWatch(String key, boolean prefix, long revision, EtcdApi.WatchListener listener, EtcdErrors errors,
			Executor executor, Runnable onAnswer) {
		this.key = key;
		this.prefix = prefix;
		this.revision = revision;
		this.listener = listener;
		this.errors = errors;
		this.executor = executor;
		this.onAnswer = onAnswer;
	}

	void start(@Nullable JetcdClient client, @Nullable Throwable error) {
		if (client == null) {
			end((error != null) ? error : new IllegalStateException("no client"));
			return;
		}
		WatchOption option = WatchOption.builder()
			.isPrefix(this.prefix)
			.withRevision(this.revision)
			.withRequireLeader(true)
			.withCreateNotify(true)
			.withProgressNotify(true)
			.build();
		run(() -> {
			if (!this.closed) {
				this.call = client.watch().watch(JetcdClient.bytes(this.key), option, this);
			}
		});
	}

	@Override
	public void requestProgress() {
		run(() -> {
			if (this.call != null) {
				this.call.requestProgress();
			}
		});
	}

	@Override
	public void close() {
		this.closed = true;
		run(() -> {
			Watch.Watcher call = this.call;
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
					end(ex);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			end(ex);
		}
	}

	@Override
	public void onNext(WatchResponse response) {
		if (this.closed) {
			return;
		}
		try {
			this.onAnswer.run();
			List<EtcdChanges.Change> changes = response.getEvents().stream().map(JetcdWatch::toChange).toList();
			this.listener.onChanges(new EtcdChanges(response.isCreatedNotify(), response.getHeader().getRevision(),
					response.getHeader().getClusterId(), changes));
		}
		catch (Throwable ex) {
			// thrown into jetcd it would kill the watch without a word
			end(ex);
		}
	}

	private static EtcdChanges.Change toChange(WatchEvent event) {
		KeyValue keyValue = event.getKeyValue();
		boolean put = event.getEventType() == WatchEvent.EventType.PUT;
		return new EtcdChanges.Change(EtcdKeys.text(keyValue.getKey()), put ? keyValue.getValue() : null,
				keyValue.getModRevision());
	}

	@Override
	public void onError(Throwable error) {
		end(error);
	}

	@Override
	public void onCompleted() {
		end(Status.CANCELLED.withDescription("ended by etcd or by a new connection").asRuntimeException());
	}

	private void end(Throwable error) {
		if (this.closed) {
			return;
		}
		try {
			this.listener.onEnd(this.errors.translate("watch '" + this.key + "'", error));
		}
		catch (Throwable ex) {
			logger.error("Could not pass on the end of the watch of '{}'", this.key, ex);
		}
	}

}
