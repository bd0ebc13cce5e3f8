package io.github.grpcdiscovery.internal.retry;

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
 * Ends a call whose connection broke with {@code UNAVAILABLE}, as gRPC's documentation
 * promises. grpc-java ends some of them with {@code UNKNOWN: channel closed}, which looks
 * like an exception of the server. Makes no call again. {@link IdempotentCallRetry} does
 * the same, so a channel has one or the other. Thread-safe.
 */
public final class BrokenConnectionStatus implements ClientInterceptor {

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

			@Override
			public void start(Listener<A> listener, Metadata headers) {
				super.start(new SimpleForwardingClientCallListener<>(listener) {

					@Override
					public void onClose(Status status, Metadata trailers) {
						super.onClose(BrokenConnection.withPromisedCode(status, trailers), trailers);
					}

				}, headers);
			}

		};
	}

}
