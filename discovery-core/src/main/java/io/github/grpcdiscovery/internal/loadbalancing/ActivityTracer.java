package io.github.grpcdiscovery.internal.loadbalancing;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Sees what comes from one server. One for all calls to it: it keeps nothing about any of
 * them. Any thread.
 */
final class ActivityTracer extends ClientStreamTracer {

	private final Activity activity;

	ActivityTracer(Activity activity) {
		this.activity = activity;
	}

	@Override
	public void inboundHeaders() {
		this.activity.received();
	}

	@Override
	public void inboundMessage(int seqNo) {
		this.activity.received();
	}

	@Override
	public void inboundTrailers(Metadata trailers) {
		this.activity.received();
	}

	@Override
	public void streamClosed(Status status) {
		this.activity.closed(status);
	}

	/** Traces the calls that nobody else traces. */
	static final class Factory extends ClientStreamTracer.Factory {

		private final Activity activity;

		private final ActivityTracer tracer;

		Factory(Activity activity) {
			this.activity = activity;
			this.tracer = new ActivityTracer(activity);
		}

		@Override
		public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata headers) {
			this.activity.called();
			return this.tracer;
		}

	}

	/** What happens on the calls to one server. Any thread. */
	interface Activity {

		/** A call is given to the connection. */
		void called();

		/** Something that is gRPC came from the server. */
		void received();

		/**
		 * A call is over.
		 * @param status how, by the server or by this process
		 */
		void closed(Status status);

	}

}
