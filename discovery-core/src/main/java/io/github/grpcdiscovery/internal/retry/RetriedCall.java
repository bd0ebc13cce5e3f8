package io.github.grpcdiscovery.internal.retry;

import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
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

	private static final int MOST_ATTEMPTS = 3;

	private final MethodDescriptor<Q, A> method;

	private final CallOptions options;

	private final Channel channel;

	private final RetryRules rules;

	private final boolean idempotent;

	private final Context context = Context.current();

	private final Object lock = new Object();

	// guarded by the lock
	private final GivenCall<Q> given = new GivenCall<>();

	// guarded by the lock
	private int attempts = 1;

	// guarded by the lock; the last that was begun
	private Attempt newest;

	// guarded by the lock: whether the newest attempt has all that the caller gave
	private boolean upToDate = true;

	// guarded by the lock: begins the attempt that waits for the end of a pause
	private @Nullable Runnable waiting;

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
		this.newest = new Attempt(null);
		this.delegate = this.newest.call;
	}

	@Override
	protected ClientCall<Q, A> delegate() {
		return this.delegate;
	}

	@Override
	public void start(Listener<A> listener, Metadata headers) {
		this.headers = copy(headers);
		this.delegate.start(new AttemptListener(listener, this.newest), headers);
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
		beginWaiting();
	}

	private void give(Consumer<GivenCall<Q>> note, Consumer<ClientCall<Q, A>> step) {
		Attempt attempt;
		synchronized (this.lock) {
			note.accept(this.given);
			if (!this.upToDate) {
				return;
			}
			attempt = this.newest;
		}
		try {
			step.accept(attempt.call);
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

	private boolean mayBeMadeAgain(StreamCreationTracer lost) {
		synchronized (this.lock) {
			if (this.given.isCancelled() || this.attempts == MOST_ATTEMPTS) {
				return false;
			}
		}
		return !lost.hasSeenItSent() || this.rules.budget().spend();
	}

	private void makeAgain(AttemptListener lost, Status status) {
		StreamCreationTracer witness = lost.attempt.witness;
		long pause;
		synchronized (this.lock) {
			this.attempts++;
			lost.attempt.lost = true;
			this.upToDate = false;
			pause = witness.hasSeenItSent() ? this.rules.pause().nanosBefore(this.attempts, this.options.getDeadline())
					: 0;
			this.waiting = () -> begin(lost);
		}
		logger.debug("The connection of a call of {} broke; it is made again in {} ms: {}",
				this.method.getFullMethodName(), TimeUnit.NANOSECONDS.toMillis(pause), status);
		if (pause == 0) {
			beginWaiting();
			return;
		}
		Executor executor = this.options.getExecutor();
		Executor delayed = (executor != null) ? CompletableFuture.delayedExecutor(pause, TimeUnit.NANOSECONDS, executor)
				: CompletableFuture.delayedExecutor(pause, TimeUnit.NANOSECONDS);
		delayed.execute(this.context.wrap(this::beginWaiting));
	}

	private void beginWaiting() {
		Runnable waiting;
		synchronized (this.lock) {
			waiting = this.waiting;
			this.waiting = null;
		}
		if (waiting != null) {
			waiting.run();
		}
	}

	private void begin(AttemptListener lost) {
		Attempt next = null;
		try {
			next = new Attempt(lost.attempt.witness.server());
			synchronized (this.lock) {
				this.newest = next;
			}
			next.call.start(new AttemptListener(lost.caller(), next), copy(this.headers));
			bringUpToDate(next);
		}
		catch (RuntimeException ex) {
			// from an interceptor below, or from an attempt that was lost meanwhile
			giveUp(next, lost, ex);
		}
	}

	private void bringUpToDate(Attempt attempt) {
		GivenCall.Progress<Q> progress = new GivenCall.Progress<>();
		while (true) {
			Consumer<ClientCall<Q, ?>> missing;
			synchronized (this.lock) {
				if (attempt.lost) {
					return;
				}
				missing = progress.next(this.given);
				if (missing == null) {
					this.delegate = attempt.call;
					this.upToDate = true;
					return;
				}
			}
			missing.accept(attempt.call);
		}
	}

	private void giveUp(@Nullable Attempt attempt, AttemptListener lost, RuntimeException ex) {
		synchronized (this.lock) {
			if (attempt != null && (attempt.lost || attempt.ended)) {
				return;
			}
			if (attempt != null) {
				attempt.ended = true;
			}
			this.newest = lost.attempt;
			this.upToDate = true;
		}
		logger.warn("A call of {} could not be made again", this.method.getFullMethodName(), ex);
		if (attempt != null) {
			attempt.call.cancel("It could not be made again", ex);
		}
		lost.end();
	}

	private static Metadata copy(Metadata headers) {
		Metadata copy = new Metadata();
		copy.merge(headers);
		return copy;
	}

	private final class Attempt {

		private final StreamCreationTracer witness = new StreamCreationTracer();

		private final ClientCall<Q, A> call;

		// guarded by the lock: another takes its place
		private boolean lost;

		// guarded by the lock: the caller was told how it ended, or is about to be
		private boolean ended;

		Attempt(@Nullable SocketAddress lost) {
			CallOptions options = RetriedCall.this.options.withStreamTracerFactory(this.witness);
			this.call = RetriedCall.this.channel.newCall(RetriedCall.this.method,
					(lost != null) ? options.withOption(LostServer.ADDRESS, lost) : options);
		}

	}

	private final class AttemptListener extends HeldAnswer<A> {

		private final Attempt attempt;

		private Status status = Status.UNKNOWN;

		private Metadata trailers = new Metadata();

		AttemptListener(Listener<A> caller, Attempt attempt) {
			super(caller);
			this.attempt = attempt;
		}

		Listener<A> caller() {
			return delegate();
		}

		@Override
		boolean holds() {
			synchronized (RetriedCall.this.lock) {
				return RetriedCall.this.idempotent && RetriedCall.this.given.isAskedForAMessage();
			}
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			this.status = status;
			this.trailers = trailers;
			if (isLost() && mayBeMadeAgain(this.attempt.witness)) {
				makeAgain(this, status);
			}
			else {
				end();
			}
		}

		void end() {
			synchronized (RetriedCall.this.lock) {
				if (this.attempt.ended) {
					return;
				}
				this.attempt.ended = true;
			}
			tell();
			super.onClose(BrokenConnection.withPromisedCode(this.status, this.trailers), this.trailers);
		}

		private boolean isLost() {
			StreamCreationTracer witness = this.attempt.witness;
			return !isTold() && witness.hasSeenAStream() && !witness.hasSeenItMadeAgain()
					&& BrokenConnection.isCauseOf(this.status, this.trailers)
					&& (RetriedCall.this.idempotent || !witness.hasSeenItSent());
		}

	}

}
