package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.concurrent.Executor;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * Gives every call of jetcd what jetcd cannot give: unary calls get a deadline, since
 * they would wait for ever otherwise and cancelling jetcd's future would not cancel them;
 * and all answers come on the event loop, without a detour over gRPC's thread pool.
 */
final class EtcdCallInterceptor implements ClientInterceptor {

	private final Duration timeout;

	private final Executor executor;

	EtcdCallInterceptor(Duration timeout, Executor executor) {
		this.timeout = timeout;
		this.executor = executor;
	}

	@Override
	public <Q, P> ClientCall<Q, P> interceptCall(MethodDescriptor<Q, P> method, CallOptions options, Channel next) {
		CallOptions ours = options.withExecutor(this.executor);
		if (method.getType() != MethodDescriptor.MethodType.UNARY) {
			return next.newCall(method, ours);
		}
		CallOptions bounded = (ours.getDeadline() != null) ? ours : ours.withDeadlineAfter(this.timeout);
		return new SimpleForwardingClientCall<>(next.newCall(method, bounded)) {

			@Override
			public void start(Listener<P> listener, Metadata headers) {
				super.start(new UnavailableAsCancelled<>(listener), headers);
			}

		};
	}

	/**
	 * Shows jetcd a call that could not be made as one that was cancelled, with the truth
	 * as its cause. Else it would log two warnings for each, all through an outage.
	 */
	private static final class UnavailableAsCancelled<P> extends SimpleForwardingClientCallListener<P> {

		UnavailableAsCancelled(ClientCall.Listener<P> listener) {
			super(listener);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			boolean unavailable = status.getCode() == Status.Code.UNAVAILABLE;
			super.onClose(unavailable
					? Status.CANCELLED.withDescription(status.getDescription()).withCause(status.asRuntimeException())
					: status, trailers);
		}

	}

}
