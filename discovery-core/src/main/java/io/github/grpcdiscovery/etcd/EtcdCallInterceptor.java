package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.concurrent.Executor;

import io.etcd.jetcd.api.LeaseGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Gives every call of jetcd what jetcd cannot give: unary calls and renewals get a
 * deadline, since they would wait for ever otherwise and cancelling jetcd's future would
 * not cancel them; a token that all calls share; and all answers come on the event loop,
 * without a detour over gRPC's thread pool.
 */
final class EtcdCallInterceptor implements ClientInterceptor {

	// a constant: the method itself would load what the start of an application waits for
	static final String RENEW = LeaseGrpc.SERVICE_NAME + "/LeaseKeepAlive";

	private final Duration timeout;

	private final Duration renewalTimeout;

	private final @Nullable EtcdTokens tokens;

	private final Executor executor;

	private final EtcdRefusals refusals = new EtcdRefusals();

	/**
	 * Creates the interceptor of one connection.
	 * @param timeout deadline of unary calls
	 * @param renewalTimeout deadline of a renewal
	 * @param tokens what calls authenticate with, if anything
	 * @param executor the event loop, where answers come
	 */
	EtcdCallInterceptor(Duration timeout, Duration renewalTimeout, @Nullable EtcdTokens tokens, Executor executor) {
		this.timeout = timeout;
		this.renewalTimeout = renewalTimeout;
		this.tokens = tokens;
		this.executor = executor;
	}

	@Override
	public <Q, P> ClientCall<Q, P> interceptCall(MethodDescriptor<Q, P> method, CallOptions options, Channel next) {
		CallOptions ours = options.withExecutor(this.executor);
		if (method.getFullMethodName().equals(RENEW)) {
			return new EtcdCall<>(method, ours.withDeadlineAfter(this.renewalTimeout), next, this.tokens,
					this.refusals);
		}
		if (method.getType() != MethodDescriptor.MethodType.UNARY) {
			return stream(method, ours, next);
		}
		CallOptions bounded = (ours.getDeadline() != null) ? ours : ours.withDeadlineAfter(this.timeout);
		return new SimpleForwardingClientCall<>(new EtcdCall<>(method, bounded, next, this.tokens, this.refusals)) {

			@Override
			public void start(Listener<P> listener, Metadata headers) {
				super.start(new UnavailableAsCancelled<>(listener), headers);
			}

		};
	}

	private <Q, P> ClientCall<Q, P> stream(MethodDescriptor<Q, P> method, CallOptions options, Channel next) {
		if (this.tokens == null) {
			return next.newCall(method, options);
		}
		EtcdCallToken token = new EtcdCallToken(this.tokens, next);
		return new SimpleForwardingClientCall<>(next.newCall(method, options.withCallCredentials(token))) {

			@Override
			public void start(Listener<P> listener, Metadata headers) {
				super.start(new SimpleForwardingClientCallListener<>(listener) {

					@Override
					public void onClose(Status status, Metadata trailers) {
						token.isStale(status);
						super.onClose(status, trailers);
					}

				}, headers);
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
