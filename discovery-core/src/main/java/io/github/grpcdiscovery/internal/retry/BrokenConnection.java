package io.github.grpcdiscovery.internal.retry;

import java.nio.channels.ClosedChannelException;

import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Recognises calls that ended since their connection broke. gRPC ends most of them with
 * {@code UNAVAILABLE}, and with {@code UNKNOWN: channel closed} those that were about to
 * be written when the connection ended: see
 * <a href="https://github.com/grpc/grpc-java/issues/10120">grpc-java#10120</a>.
 */
final class BrokenConnection {

	private static final int DEPTH = 10;

	private BrokenConnection() {
	}

	/**
	 * Whether no server said how the call ended. A server that answers, and a proxy that
	 * answers for it, sends trailers that say at least their content type.
	 * @param status the end of a call
	 * @param trailers what came with it
	 * @return also {@code true} if no connection was found for the call
	 */
	static boolean isCauseOf(Status status, Metadata trailers) {
		return trailers.keys().isEmpty()
				&& (status.getCode() == Status.Code.UNAVAILABLE || isUnknownAndChannelClosed(status));
	}

	/**
	 * Gives every call whose connection broke the status that gRPC's documentation
	 * promises for it.
	 * @param status the end of a call
	 * @param trailers what came with it
	 * @return {@code UNAVAILABLE} in place of {@code UNKNOWN} where it was the
	 * connection; otherwise the same
	 */
	static Status withPromisedCode(Status status, Metadata trailers) {
		return (trailers.keys().isEmpty() && isUnknownAndChannelClosed(status))
				? Status.UNAVAILABLE.withDescription(status.getDescription()).withCause(status.getCause()) : status;
	}

	private static boolean isUnknownAndChannelClosed(Status status) {
		if (status.getCode() != Status.Code.UNKNOWN) {
			return false;
		}
		Throwable cause = status.getCause();
		for (int i = 0; i < DEPTH && cause != null; i++) {
			if (cause instanceof ClosedChannelException) {
				return true;
			}
			cause = cause.getCause();
		}
		return false;
	}

}
