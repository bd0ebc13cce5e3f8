package io.github.grpcdiscovery.autoconfigure.warmup;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

import io.github.grpcdiscovery.loadbalancing.HealthCheck;

/**
 * One call of gRPC's health protocol, which makes a channel look up its servers, connect
 * and load what a call needs. What the server answers does not matter.
 */
final class HealthQuestion {

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
			ClientCall<byte[], byte[]> call = channel.newCall(HealthCheck.METHOD,
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

}
