package io.github.grpcdiscovery.internal.retry;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call with a single request that keeps what its caller gave it until it has an answer.
 * An attempt may be lost at any moment, also before the caller has given all of it. The
 * next attempt is brought up to date by the thread that begins it; until it is, the
 * caller's threads only note what they give. The lock is never held while gRPC is called.
 *
 * @param <Q> type of the request
 * @param <A> type of the answer
 */
final class RetriedCall<Q, A> extends ForwardingClientCall<Q, A> {

	private static final Logger logger = LoggerFactory.getLogger(RetriedCall.class);

	private final MethodDescriptor<Q, A> method;

	private final CallOptions options;

	private final Channel channel;

	private final RetryRules rules;

	private final boolean idempotent;

	private final DelayedStart next;

	private final Retries retries = new Retries();

	private final Object lock = new Object();

	// guarded by the lock
	private final GivenCall<Q> given = new GivenCall<>();

	// guarded by the lock
	private int attempts = 1;

	// guarded by the lock; the last that was begun
	private RetriedAttempt<Q, A> newest;

	// guarded by the lock: whether the newest attempt has all that the caller gave
	private boolean upToDate = true;

	// started, if the caller has started this
	private volatile ClientCall<Q, A> delegate;

	private Metadata headers = new Metadata();

	RetriedCall(MethodDescriptor<Q, A> method, CallOptions options, Channel channel, RetryRules rules,
			boolean idempotent) {
		this.method = method;
		this.options = options;
		this.channel = channel;
		this.rules = rules;
		this.idempotent = idempotent;
		this.next = new DelayedStart(options.getExecutor());
		this.newest = new RetriedAttempt<>(channel, method, options, null);
		this.delegate = this.newest.call();
	}

	@Override
	protected ClientCall<Q, A> delegate() {
		return this.delegate;
	}

	@Override
	public void start(Listener<A> listener, Metadata headers) {
		this.headers = copy(headers);
		this.delegate.start(listener(listener, this.newest), headers);
	}

	private AttemptListener<Q, A> listener(Listener<A> caller, RetriedAttempt<Q, A> attempt) {
		return new AttemptListener<>(caller, attempt, this.idempotent, this.retries);
	}

	@Override
	public void request(int messages) {
		give((given) -> given.request(messages), (call) -> call.request(messages));
	}

	@Override
	public void setMessageCompression(boolean compressed) {
		give((given) -> given.compress(compressed), (call) -> call.setMessageCompression(compressed));
	}

	@Override
	public void sendMessage(Q message) {
		give((given) -> given.send(message), (call) -> call.sendMessage(message));
	}

	@Override
	public void halfClose() {
		give(GivenCall::halfClose, ClientCall::halfClose);
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		give((given) -> given.cancel(message, cause), (call) -> call.cancel(message, cause));
		// gRPC says then how it ended
		this.next.runNow();
	}

	private void give(Consumer<GivenCall<Q>> note, Consumer<ClientCall<Q, A>> step) {
		RetriedAttempt<Q, A> attempt;
		synchronized (this.lock) {
			note.accept(this.given);
			if (!this.upToDate) {
				return;
			}
			attempt = this.newest;
		}
		try {
			step.accept(attempt.call());
		}
		catch (IllegalStateException ex) {
			// an attempt that was lost meanwhile may refuse it; the next one has it
			synchronized (this.lock) {
				if (!attempt.lost) {
					throw ex;
				}
			}
		}
	}

	private boolean mayRetry(boolean sent) {
		synchronized (this.lock) {
			return !this.given.isCancelled() && this.rules.mayRetry(this.attempts, sent);
		}
	}

	private boolean retry(AttemptListener<Q, A> lost, Status status) {
		boolean sent = lost.attempt().tracer().hasSeenItSent();
		if (!mayRetry(sent)) {
			return false;
		}
		long pause;
		synchronized (this.lock) {
			this.attempts++;
			lost.attempt().lost = true;
			this.upToDate = false;
			pause = this.rules.nanosBefore(this.attempts, sent, this.options.getDeadline());
			this.next.prepare(() -> begin(lost));
		}
		logger.debug("Retrying a call of {} in {} ms, since its connection broke: {}", this.method.getFullMethodName(),
				TimeUnit.NANOSECONDS.toMillis(pause), status);
		this.next.runAfter(pause);
		return true;
	}

	private void begin(AttemptListener<Q, A> lost) {
		RetriedAttempt<Q, A> next = null;
		try {
			next = new RetriedAttempt<>(this.channel, this.method, this.options, lost.attempt().tracer().server());
			synchronized (this.lock) {
				this.newest = next;
			}
			next.call().start(listener(lost.caller(), next), copy(this.headers));
			bringUpToDate(next);
		}
		catch (RuntimeException ex) {
			// from an interceptor below, or from an attempt that was lost meanwhile
			giveUp(next, lost, ex);
		}
	}

	private void bringUpToDate(RetriedAttempt<Q, A> attempt) {
		GivenCall.Progress<Q> progress = new GivenCall.Progress<>();
		while (true) {
			Consumer<ClientCall<Q, ?>> missing;
			synchronized (this.lock) {
				if (attempt.lost) {
					return;
				}
				missing = progress.next(this.given);
				if (missing == null) {
					this.delegate = attempt.call();
					this.upToDate = true;
					return;
				}
			}
			missing.accept(attempt.call());
		}
	}

	private void giveUp(@Nullable RetriedAttempt<Q, A> attempt, AttemptListener<Q, A> lost, RuntimeException ex) {
		synchronized (this.lock) {
			if (attempt != null && (attempt.lost || attempt.ended)) {
				return;
			}
			if (attempt != null) {
				attempt.ended = true;
			}
			this.newest = lost.attempt();
			this.upToDate = true;
		}
		logger.warn("Could not retry a call of {}", this.method.getFullMethodName(), ex);
		if (attempt != null) {
			attempt.call().cancel("Could not retry it", ex);
		}
		lost.end();
	}

	private static Metadata copy(Metadata headers) {
		Metadata copy = new Metadata();
		copy.merge(headers);
		return copy;
	}

	private final class Retries implements AttemptListener.Owner<Q, A> {

		@Override
		public boolean isWaiting() {
			synchronized (RetriedCall.this.lock) {
				return RetriedCall.this.given.requestsAMessage();
			}
		}

		@Override
		public boolean retry(AttemptListener<Q, A> lost, Status status) {
			return RetriedCall.this.retry(lost, status);
		}

		@Override
		public boolean end(RetriedAttempt<Q, A> attempt) {
			synchronized (RetriedCall.this.lock) {
				boolean first = !attempt.ended;
				attempt.ended = true;
				return first;
			}
		}

	}

}
