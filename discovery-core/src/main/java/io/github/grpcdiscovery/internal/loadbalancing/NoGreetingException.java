package io.github.grpcdiscovery.internal.loadbalancing;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.Status;

/**
 * The cause of a connection that a server took and ended without a word of HTTP/2, as one
 * does that waits for TLS. It has no stack trace, since nobody needs it.
 */
public final class NoGreetingException extends Exception {

	private static final long serialVersionUID = 1L;

	private NoGreetingException() {
		super("the server ended the connection before it said anything", null, false, false);
	}

	/**
	 * Gives a connection's state this cause, if nothing else is known.
	 * @param info a state that comes after one in which there was no connection
	 * @return the state to pass on
	 */
	static ConnectivityStateInfo causeOf(ConnectivityStateInfo info) {
		Status status = info.getStatus();
		// a connection that is refused, or takes too long, has a cause
		return (info.getState() == ConnectivityState.TRANSIENT_FAILURE && status.getCode() == Status.Code.UNAVAILABLE
				&& status.getCause() == null)
						? ConnectivityStateInfo.forTransientFailure(status.withCause(new NoGreetingException())) : info;
	}

}
