package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;

import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * What is picked for a call to one server, made once for each method, and what is traced
 * of the call. Any thread.
 */
final class CallTracers {

	private final Subchannel subchannel;

	private final Liveness liveness;

	private final ServerLoad load;

	private final MethodTimes methods;

	private final LongSupplier nanoTime;

	private final PickResult stream;

	private final AtomicReferenceArray<PickResult> unary = new AtomicReferenceArray<>(MethodTimes.MOST);

	/**
	 * Traces the calls to one server.
	 * @param subchannel the connection to it
	 * @param liveness is told of what comes from it
	 * @param load is told how its calls end
	 * @param methods the channel's
	 * @param nanoTime monotonic clock in nanoseconds
	 */
	CallTracers(Subchannel subchannel, Liveness liveness, ServerLoad load, MethodTimes methods, LongSupplier nanoTime) {
		this.subchannel = subchannel;
		this.liveness = liveness;
		this.load = load;
		this.methods = methods;
		this.nanoTime = nanoTime;
		this.stream = PickResult.withSubchannel(subchannel, new StreamFactory(new StreamTracer()));
	}

	/**
	 * The result of a pick.
	 * @param method what is called
	 */
	PickResult pick(MethodDescriptor<?, ?> method) {
		if (method.getType() != MethodDescriptor.MethodType.UNARY) {
			return this.stream;
		}
		MethodTime time = this.methods.of(method.getFullMethodName());
		PickResult known = this.unary.get(time.index());
		if (known == null) {
			// a race costs a second object
			known = PickResult.withSubchannel(this.subchannel, new UnaryFactory(time));
			this.unary.set(time.index(), known);
		}
		return known;
	}

	private void called() {
		this.load.counted();
		this.liveness.called();
	}

	/**
	 * An open stream is no load of a call that waits: only what comes from the server
	 * counts.
	 */
	private final class StreamFactory extends ClientStreamTracer.Factory {

		private final StreamTracer tracer;

		StreamFactory(StreamTracer tracer) {
			this.tracer = tracer;
		}

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			called();
			return this.tracer;
		}

	}

	private final class UnaryFactory extends ClientStreamTracer.Factory {

		private final MethodTime method;

		UnaryFactory(MethodTime method) {
			this.method = method;
		}

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			called();
			return new UnaryTracer(this.method, CallTracers.this.nanoTime.getAsLong());
		}

	}

	/**
	 * Sees what comes from the server. One for all streams: it keeps nothing about any.
	 */
	private class StreamTracer extends ClientStreamTracer {

		@Override
		public void inboundHeaders() {
			received();
		}

		@Override
		public void inboundMessage(int seqNo) {
			received();
		}

		@Override
		public void inboundTrailers(Metadata trailers) {
			received();
		}

		private void received() {
			CallTracers.this.load.received();
			CallTracers.this.liveness.received();
		}

		@Override
		public void streamClosed(Status status) {
			CallTracers.this.liveness.closed(status);
		}

	}

	/** Times one call: until the first answer, or until it is over. */
	private final class UnaryTracer extends StreamTracer {

		private final MethodTime method;

		private final long begun;

		// both: written and read by the transport's thread, but for a cancellation's
		private boolean answered;

		private boolean trailers;

		UnaryTracer(MethodTime method, long begun) {
			this.method = method;
			this.begun = begun;
			CallTracers.this.load.begun(begun, method.usual(0));
		}

		@Override
		public void inboundHeaders() {
			super.inboundHeaders();
			answered();
		}

		@Override
		public void inboundTrailers(Metadata trailers) {
			super.inboundTrailers(trailers);
			this.trailers = true;
		}

		@Override
		public void streamClosed(Status status) {
			super.streamClosed(status);
			if (this.answered) {
				return;
			}
			long now = CallTracers.this.nanoTime.getAsLong();
			switch (CallEnd.of(status, this.trailers)) {
				case ANSWERED -> answered();
				case ABANDONED -> {
					long took = now - this.begun;
					CallTracers.this.load.abandoned(took, this.method.usual(took));
				}
				case FAILED -> CallTracers.this.load.failed(this.begun, now);
			}
		}

		private void answered() {
			if (!this.answered) {
				this.answered = true;
				long took = CallTracers.this.nanoTime.getAsLong() - this.begun;
				CallTracers.this.load.answered(took, this.method.usual(took));
				this.method.answered(took);
			}
		}

	}

	/** What the end of a call says of the server. */
	enum CallEnd {

		/** It answered, if only with an error. */
		ANSWERED,

		/** Nobody waits for its answer any more. */
		ABANDONED,

		/** It could not or would not serve the call. */
		FAILED;

		/**
		 * Judges a call that ended before it was answered.
		 * @param status how it ended
		 * @param trailers whether the server said so
		 */
		static CallEnd of(Status status, boolean trailers) {
			return switch (status.getCode()) {
				case UNAVAILABLE -> FAILED;
				case RESOURCE_EXHAUSTED -> trailers ? FAILED : ABANDONED; // by a limit of
																			// ours
				case DEADLINE_EXCEEDED, CANCELLED -> trailers ? ANSWERED : ABANDONED;
				default -> trailers ? ANSWERED : FAILED; // it spoke, but no gRPC
			};
		}

	}

}
