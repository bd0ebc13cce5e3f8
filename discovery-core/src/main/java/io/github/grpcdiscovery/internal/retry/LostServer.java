package io.github.grpcdiscovery.internal.retry;

import java.net.SocketAddress;

import io.grpc.CallOptions;

/**
 * The server that a call was lost with, for the load balancer: a call that is made again
 * goes there only if there is no other.
 */
public final class LostServer {

	/** The address of its connection. */
	public static final CallOptions.Key<SocketAddress> ADDRESS = CallOptions.Key
		.create("io.github.grpcdiscovery.lost-server");

	private LostServer() {
	}

}
