package io.github.grpcdiscovery.internal.retry;

import io.grpc.ClientCall.Listener;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Holds the answer of one attempt until it is complete, and passes its end to the caller
 * unless another attempt takes its place. On the threads of the call's listener.
 *
 * @param <Q> type of the request
 * @param <A> type of the answer
 */
final class AttemptListener<Q, A> extends HeldAnswer<A> {

	private final RetriedAttempt<Q, A> attempt;

	private final boolean idempotent;

	private final Owner<Q, A> owner;

	private Status status = Status.UNKNOWN;

	private Metadata trailers = new Metadata();

	/**
	 * Creates the listener of an attempt that is not started.
	 * @param caller gets the answer
	 * @param attempt whose answer it is
	 * @param idempotent whether the server may do twice what the call asks for
	 * @param owner the call
	 */
	AttemptListener(Listener<A> caller, RetriedAttempt<Q, A> attempt, boolean idempotent, Owner<Q, A> owner) {
		super(caller);
		this.attempt = attempt;
		this.idempotent = idempotent;
		this.owner = owner;
	}

	Listener<A> caller() {
		return delegate();
	}

	RetriedAttempt<Q, A> attempt() {
		return this.attempt;
	}

	@Override
	boolean holds() {
		return this.idempotent && this.owner.isWaiting();
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		this.status = status;
		this.trailers = trailers;
		if (!isLost() || !this.owner.retry(this, status)) {
			end();
		}
	}

	/** Passes on how the attempt ended, once. */
	void end() {
		if (this.owner.end(this.attempt)) {
			release();
			super.onClose(BrokenConnection.withPromisedCode(this.status, this.trailers), this.trailers);
		}
	}

	private boolean isLost() {
		StreamCreationTracer tracer = this.attempt.tracer();
		return !isReleased() && tracer.hasSeenAStream() && !tracer.hasSeenARetry()
				&& BrokenConnection.isCauseOf(this.status, this.trailers)
				&& (this.idempotent || !tracer.hasSeenItSent());
	}

	/** The call of which it is an attempt. */
	interface Owner<Q, A> {

		/** Whether the caller waits for a message. */
		boolean isWaiting();

		/**
		 * Retries the call, unless a rule forbids it.
		 * @param lost of the attempt whose connection broke
		 * @param status how it ended
		 * @return whether another attempt takes its place
		 */
		boolean retry(AttemptListener<Q, A> lost, Status status);

		/**
		 * Takes note that an attempt has ended.
		 * @return whether this was the first time
		 */
		boolean end(RetriedAttempt<Q, A> attempt);

	}

}
