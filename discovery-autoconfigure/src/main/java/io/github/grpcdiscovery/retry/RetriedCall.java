package io.github.grpcdiscovery.retry;

import java.util.function.Consumer;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call with a single request that keeps what its caller gave it until it has an answer.
 * An attempt may be lost at any moment, also before the caller has given all of it. The
 * next attempt is brought up to date by the thread that saw the loss; until it is, the
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

	private final boolean idempotent;

	private final Object lock = new Object();

	// guarded by the lock
	private final GivenCall<Q> given = new GivenCall<>();

	// guarded by the lock
	private int attempts = 1;

	// guarded by the lock; the last that was begun
	private Attempt newest;

	// guarded by the lock: whether the newest attempt has all that the caller gave
	private boolean upToDate = true;

	// started, if the caller has started this
	private volatile ClientCall<Q, A> delegate;

	private Metadata headers = new Metadata();

	RetriedCall(MethodDescriptor<Q, A> method, CallOptions options, Channel channel, boolean idempotent) {
		this.method = method;
		this.options = options;
		this.channel = channel;
		this.idempotent = idempotent;
		this.newest = new Attempt();
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
			if (isNewest(attempt)) {
				throw ex;
			}
		}
	}

	private boolean isNewest(Attempt attempt) {
		synchronized (this.lock) {
			return this.newest == attempt;
		}
	}

	// the end of an attempt comes after all else of it
	private boolean isMadeAgain(Attempt lost, Listener<A> listener, Status status) {
		synchronized (this.lock) {
			if (this.given.isCancelled() || this.attempts == MOST_ATTEMPTS) {
				return false;
			}
			this.attempts++;
		}
		logger.debug("The connection of a call of {} broke; it is made again: {}", this.method.getFullMethodName(),
				status);
		Attempt next = null;
		try {
			next = new Attempt();
			synchronized (this.lock) {
				this.newest = next;
				this.upToDate = false;
			}
			next.call.start(new AttemptListener(listener, next), copy(this.headers));
			bringUpToDate(next);
			return true;
		}
		catch (RuntimeException ex) {
			// from an interceptor below, or from an attempt that was lost meanwhile
			return !isGivenUp(next, lost, ex);
		}
	}

	private void bringUpToDate(Attempt attempt) {
		GivenCall.Progress<Q> progress = new GivenCall.Progress<>();
		while (true) {
			Consumer<ClientCall<Q, ?>> missing;
			synchronized (this.lock) {
				if (this.newest != attempt) {
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

	// the call ends then as the lost attempt did
	private boolean isGivenUp(@Nullable Attempt attempt, Attempt lost, RuntimeException ex) {
		if (attempt != null) {
			synchronized (this.lock) {
				if (this.newest != attempt || attempt.ended) {
					return false;
				}
				attempt.ended = true;
				this.newest = lost;
				this.upToDate = true;
			}
			attempt.call.cancel("It could not be made again", ex);
		}
		logger.warn("A call of {} could not be made again", this.method.getFullMethodName(), ex);
		return true;
	}

	private static Metadata copy(Metadata headers) {
		Metadata copy = new Metadata();
		copy.merge(headers);
		return copy;
	}

	private final class Attempt {

		private final StreamWitness witness = new StreamWitness();

		private final ClientCall<Q, A> call = RetriedCall.this.channel.newCall(RetriedCall.this.method,
				RetriedCall.this.options.withStreamTracerFactory(this.witness));

		// guarded by the lock: the caller was told how it ended, or is about to be
		private boolean ended;

	}

	/**
	 * Keeps the answer of a call that may be made twice until all of it is there. Its
	 * parts may be on the way when the connection breaks. A caller that waits for the
	 * headers before it asks for the message gets each part at once.
	 */
	private final class AttemptListener extends SimpleForwardingClientCallListener<A> {

		private final Attempt attempt;

		private boolean told;

		private @Nullable Metadata answerHeaders;

		private @Nullable A answer;

		AttemptListener(Listener<A> listener, Attempt attempt) {
			super(listener);
			this.attempt = attempt;
		}

		@Override
		public void onHeaders(Metadata headers) {
			this.answerHeaders = headers;
			if (!keepsAnswer()) {
				tellAnswer();
			}
		}

		@Override
		public void onMessage(A message) {
			if (this.told || this.answer != null) {
				tellAnswer();
				super.onMessage(message);
				return;
			}
			this.answer = message;
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			if (isLost(status, trailers) && isMadeAgain(this.attempt, delegate(), status)) {
				return;
			}
			synchronized (RetriedCall.this.lock) {
				if (this.attempt.ended) {
					return;
				}
				this.attempt.ended = true;
			}
			tellAnswer();
			super.onClose(BrokenConnection.withPromisedCode(status, trailers), trailers);
		}

		private boolean keepsAnswer() {
			synchronized (RetriedCall.this.lock) {
				return RetriedCall.this.idempotent && RetriedCall.this.given.isAskedForAMessage();
			}
		}

		private void tellAnswer() {
			this.told = true;
			Metadata headers = this.answerHeaders;
			if (headers != null) {
				this.answerHeaders = null;
				super.onHeaders(headers);
			}
			A answer = this.answer;
			if (answer != null) {
				this.answer = null;
				super.onMessage(answer);
			}
		}

		private boolean isLost(Status status, Metadata trailers) {
			StreamWitness witness = this.attempt.witness;
			return !this.told && witness.hasSeenAStream() && BrokenConnection.isCauseOf(status, trailers)
					&& (RetriedCall.this.idempotent || !witness.hasSeenItSent());
		}

	}

}
