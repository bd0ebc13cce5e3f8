package io.github.grpcdiscovery.internal.retry;

import java.util.function.Consumer;

import io.grpc.ClientCall;
import org.jspecify.annotations.Nullable;

/**
 * What a caller has given to a call with a single request so far. Not thread-safe.
 *
 * @param <Q> type of the request
 */
final class GivenCall<Q> {

	// gRPC allows Integer.MAX_VALUE, and more after it
	private long requested;

	private boolean compressed = true;

	private @Nullable Q message;

	private boolean halfClosed;

	private @Nullable Cancellation cancellation;

	void request(int messages) {
		this.requested += messages;
	}

	void compress(boolean compressed) {
		this.compressed = compressed;
	}

	void send(Q message) {
		this.message = message;
	}

	void halfClose() {
		this.halfClosed = true;
	}

	void cancel(@Nullable String message, @Nullable Throwable cause) {
		this.cancellation = new Cancellation(message, cause);
	}

	boolean requestsAMessage() {
		return this.requested > 0;
	}

	boolean isCancelled() {
		return this.cancellation != null;
	}

	private record Cancellation(@Nullable String message, @Nullable Throwable cause) {
	}

	/** How much of it one attempt has. Not thread-safe. */
	static final class Progress<Q> {

		private long requested;

		private boolean compressed = true;

		private boolean sent;

		private boolean halfClosed;

		private boolean cancelled;

		/**
		 * Takes the next thing that the attempt lacks.
		 * @param given what the caller has given
		 * @return what to do with the attempt, or {@code null} if it has everything
		 */
		@Nullable Consumer<ClientCall<Q, ?>> next(GivenCall<Q> given) {
			Cancellation cancellation = given.cancellation;
			if (cancellation != null) {
				if (this.cancelled) {
					return null;
				}
				this.cancelled = true;
				return (call) -> call.cancel(cancellation.message(), cancellation.cause());
			}
			if (this.requested < given.requested) {
				int messages = (int) Math.min(Integer.MAX_VALUE, given.requested - this.requested);
				this.requested += messages;
				return (call) -> call.request(messages);
			}
			if (this.compressed != given.compressed) {
				boolean compressed = given.compressed;
				this.compressed = compressed;
				return (call) -> call.setMessageCompression(compressed);
			}
			Q message = given.message;
			if (message != null && !this.sent) {
				this.sent = true;
				return (call) -> call.sendMessage(message);
			}
			if (given.halfClosed && !this.halfClosed) {
				this.halfClosed = true;
				return ClientCall::halfClose;
			}
			return null;
		}

	}

}
