package io.github.grpcdiscovery.resolver;

import io.grpc.Status;

/**
 * The cause of the status that a channel gets when its registry holds no instance of the
 * service, which is something else than a registry that cannot be read: calls end, also
 * on connections that work. It has no stack trace, since the channel would log it.
 */
public final class EmptyServiceException extends Exception {

	private static final long serialVersionUID = 1L;

	EmptyServiceException() {
		super("the list is empty", null, false, false);
	}

	/**
	 * Whether a status says that the registry holds no instance.
	 * @param status what a resolver reported
	 * @return {@code false} also if it says that it does not know
	 */
	public static boolean isCauseOf(Status status) {
		return status.getCause() instanceof EmptyServiceException;
	}

}
