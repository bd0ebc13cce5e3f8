package io.github.grpcdiscovery.autoconfigure.warmup;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * One call of gRPC's health protocol, which makes a channel look up its servers, connect
 * and load what a call needs. What the server answers does not matter.
 */
final class HealthQuestion {

	private static final MethodDescriptor<byte[], byte[]> CHECK = MethodDescriptor.<byte[], byte[]>newBuilder()
		.setType(MethodDescriptor.MethodType.UNARY)
		.setFullMethodName("grpc.health.v1.Health/Check")
		.setSafe(true)
		.setRequestMarshaller(new Bytes())
		.setResponseMarshaller(new Bytes())
		.build();

	private HealthQuestion() {
	}

	/**
	 * Asks whichever server the channel picks.
	 * @param channel the channel
	 * @param limit how long it may take
	 * @return completes with how the call ended, and never with an exception
	 */
	static CompletableFuture<Status> ask(Channel channel, Duration limit) {
		CompletableFuture<Status> ended = new CompletableFuture<>();
		try {
			ClientCall<byte[], byte[]> call = channel.newCall(CHECK,
					CallOptions.DEFAULT.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS));
			call.start(new ClientCall.Listener<>() {

				@Override
				public void onClose(Status status, Metadata trailers) {
					ended.complete(status);
				}

			}, new Metadata());
			call.request(2);
			call.sendMessage(new byte[0]);
			call.halfClose();
		}
		catch (RuntimeException ex) {
			// of an interceptor of the user's
			ended.complete(Status.fromThrowable(ex));
		}
		return ended;
	}

	/** A message as it is; an empty one is the health of the server as a whole. */
	private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

		@Override
		public InputStream stream(byte[] value) {
			return new ByteArrayInputStream(value);
		}

		@Override
		public byte[] parse(InputStream stream) {
			return new byte[0];
		}

	}

}
