package io.github.grpcdiscovery.internal.retry;

import java.net.SocketAddress;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Grpc;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Sees whether a call was given to a connection, to which, and whether anything of it was
 * sent. One that found no server was not given to any; of one that is written to a
 * connection that has just ended nothing is sent.
 */
final class StreamCreationTracer extends ClientStreamTracer.Factory {

	private volatile boolean seen;

	private volatile boolean sent;

	private volatile boolean retried;

	private volatile @Nullable SocketAddress server;

	boolean hasSeenAStream() {
		return this.seen;
	}

	boolean hasSeenItSent() {
		return this.sent;
	}

	/** Whether gRPC retried the call, as a policy of the service config says. */
	boolean hasSeenARetry() {
		return this.retried;
	}

	/** Where it was given to last. */
	@Nullable SocketAddress server() {
		return this.server;
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		if (info.getPreviousAttempts() > 0) {
			this.retried = true;
		}
		return new ClientStreamTracer() {

			@Override
			public void streamCreated(Attributes transport, Metadata headers) {
				StreamCreationTracer.this.server = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
				StreamCreationTracer.this.seen = true;
			}

			// once the socket has taken them
			@Override
			public void outboundHeaders() {
				StreamCreationTracer.this.sent = true;
			}

		};
	}

}
