package io.github.grpcdiscovery.internal.loadbalancing;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.util.ForwardingClientStreamTracer;

import io.github.grpcdiscovery.internal.loadbalancing.ActivityTracer.Activity;

/** Traces the calls that another traces too. Any thread. */
final class ForwardingActivityTracerFactory extends ClientStreamTracer.Factory {

	private final ClientStreamTracer.Factory delegate;

	private final Activity activity;

	ForwardingActivityTracerFactory(ClientStreamTracer.Factory delegate, Activity activity) {
		this.delegate = delegate;
		this.activity = activity;
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		this.activity.called();
		return new Tracer(this.delegate.newClientStreamTracer(info, headers), this.activity);
	}

	private static final class Tracer extends ForwardingClientStreamTracer {

		private final ClientStreamTracer delegate;

		private final Activity activity;

		Tracer(ClientStreamTracer delegate, Activity activity) {
			this.delegate = delegate;
			this.activity = activity;
		}

		@Override
		protected ClientStreamTracer delegate() {
			return this.delegate;
		}

		@Override
		public void inboundHeaders() {
			this.activity.received();
			super.inboundHeaders();
		}

		@Override
		public void inboundMessage(int seqNo) {
			this.activity.received();
			super.inboundMessage(seqNo);
		}

		@Override
		public void inboundTrailers(Metadata trailers) {
			this.activity.received();
			super.inboundTrailers(trailers);
		}

		@Override
		public void streamClosed(Status status) {
			this.activity.closed(status);
			super.streamClosed(status);
		}

	}

}
