package io.github.grpcdiscovery.retry;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/**
 * Sees whether a call was given to a connection. One that found no server was not.
 */
final class StreamWitness extends ClientStreamTracer.Factory {

	private volatile boolean seen;

	boolean hasSeenAStream() {
		return this.seen;
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		return new ClientStreamTracer() {

			@Override
			public void streamCreated(Attributes transportAttributes, Metadata headers) {
				StreamWitness.this.seen = true;
			}

		};
	}

}
