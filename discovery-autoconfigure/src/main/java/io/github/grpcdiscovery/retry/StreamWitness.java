package io.github.grpcdiscovery.retry;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/**
 * Sees whether a call was given to a connection, and whether anything of it was sent. One
 * that found no server was not given to any; of one that is written to a connection that
 * has just ended nothing is sent.
 */
final class StreamWitness extends ClientStreamTracer.Factory {

	private volatile boolean seen;

	private volatile boolean sent;

	boolean hasSeenAStream() {
		return this.seen;
	}

	boolean hasSeenItSent() {
		return this.sent;
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		return new ClientStreamTracer() {

			@Override
			public void streamCreated(Attributes transportAttributes, Metadata headers) {
				StreamWitness.this.seen = true;
			}

			// once the socket has taken them
			@Override
			public void outboundHeaders() {
				StreamWitness.this.sent = true;
			}

		};
	}

}
