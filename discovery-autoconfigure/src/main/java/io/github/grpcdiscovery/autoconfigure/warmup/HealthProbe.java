package io.github.grpcdiscovery.autoconfigure.warmup;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

import io.github.grpcdiscovery.internal.loadbalancing.HealthCheck;

/**
 * One call of gRPC's health protocol, which makes a channel look up its servers, connect
 * and load what a call needs. What the server answers does not matter.
 */
public final class HealthProbe {

	private static final Metadata.Key<String> CONTENT_TYPE = Metadata.Key.of("content-type",
			Metadata.ASCII_STRING_MARSHALLER);

	// grpc-java leaves it among the trailers of a response that is not gRPC, only there
	private static final String HTTP_STATUS = ":status";

	private HealthProbe() {
	}

	/**
	 * Asks whichever server the channel picks.
	 * @param channel the channel
	 * @param limit how long it may take
	 * @return completes with how the call ended, and never with an exception
	 */
	public static CompletableFuture<Reply> send(Channel channel, Duration limit) {
		Answer answer = new Answer();
		try {
			ClientCall<byte[], byte[]> call = channel.newCall(HealthCheck.METHOD,
					CallOptions.DEFAULT.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS));
			call.start(answer, new Metadata());
			call.request(2);
			call.sendMessage(new byte[0]);
			call.halfClose();
		}
		catch (RuntimeException ex) {
			// of an interceptor of the user's
			answer.ended.complete(new Reply(Status.fromThrowable(ex), false));
		}
		return answer.ended;
	}

	/**
	 * How a question ended.
	 *
	 * @param status how the call ended
	 * @param answered whether anything of gRPC's came from a server, also a refusal
	 */
	public record Reply(Status status, boolean answered) {

	}

	private static final class Answer extends ClientCall.Listener<byte[]> {

		private final CompletableFuture<Reply> ended = new CompletableFuture<>();

		private boolean headers;

		// are only told of if they are gRPC's
		@Override
		public void onHeaders(Metadata headers) {
			this.headers = true;
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			String contentType = trailers.get(CONTENT_TYPE);
			boolean grpc = contentType != null && contentType.startsWith("application/grpc")
					&& !trailers.keys().contains(HTTP_STATUS);
			this.ended.complete(new Reply(status, this.headers || grpc));
		}

	}

}
