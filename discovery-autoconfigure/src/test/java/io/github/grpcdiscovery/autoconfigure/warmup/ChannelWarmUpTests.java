package io.github.grpcdiscovery.autoconfigure.warmup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ChannelWarmUpTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final List<String> asked = new ArrayList<>();

	@Test
	void eachChannelIsAskedOnceBeforeTheStartGoesOn() {
		start(LONG, Map.of("a", ends(Status.OK), "b", ends(Status.UNIMPLEMENTED)));
		assertThat(this.asked).containsExactlyInAnyOrder("grpc.health.v1.Health/Check", "grpc.health.v1.Health/Check");
	}

	@Test
	void channelsWithoutServersHoldUpNobody() {
		start(LONG, Map.of("a", ends(Status.UNAVAILABLE), "b", ends(Status.CANCELLED)));
		start(LONG, Map.of());
		assertThat(this.asked).hasSize(2);
	}

	@Test
	void channelThatThrowsHoldsUpNobody() {
		start(LONG, Map.of("a", throwing()));
		assertThat(this.asked).hasSize(1);
	}

	@Test
	void silentServerHoldsUpTheStartForTheLimitAtMost() {
		start(Duration.ofMillis(20), Map.of("a", ends(null)));
		assertThat(this.asked).hasSize(1);
	}

	@Test
	void zeroAsksNobody() {
		start(Duration.ZERO, Map.of("a", ends(Status.OK)));
		assertThat(this.asked).isEmpty();
	}

	@Test
	void interruptedStartGoesOnInterrupted() {
		Thread.currentThread().interrupt();
		start(LONG, Map.of("a", ends(null)));
		assertThat(Thread.interrupted()).isTrue();
	}

	private static void start(Duration limit, Map<String, Channel> channels) {
		ChannelWarmUp warmUp = new ChannelWarmUp(List.of(() -> channels), limit);
		assertThat(warmUp.isRunning()).isFalse();
		warmUp.start();
		assertThat(warmUp.isRunning()).isTrue();
		warmUp.stop();
		assertThat(warmUp.isRunning()).isFalse();
	}

	private Channel throwing() {
		return new FakeChannel() {

			@Override
			<A> void end(ClientCall.Listener<A> listener) {
				throw new IllegalStateException("an interceptor's fault");
			}

		};
	}

	private Channel ends(Status status) {
		return new FakeChannel() {

			@Override
			<A> void end(ClientCall.Listener<A> listener) {
				if (status != null) {
					listener.onClose(status, new Metadata());
				}
			}

		};
	}

	private abstract class FakeChannel extends Channel {

		abstract <A> void end(ClientCall.Listener<A> listener);

		@Override
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			assertThat(options.getDeadline()).isNotNull();
			ChannelWarmUpTests.this.asked.add(method.getFullMethodName());
			return new ClientCall<>() {

				@Override
				public void start(Listener<A> listener, Metadata headers) {
					end(listener);
				}

				@Override
				public void request(int messages) {
					// nothing comes
				}

				@Override
				public void cancel(String message, Throwable cause) {
					throw new AssertionError("cancelled", cause);
				}

				@Override
				public void halfClose() {
					// nobody listens
				}

				@Override
				public void sendMessage(Q message) {
					// nobody listens
				}

			};
		}

		@Override
		public String authority() {
			return "fake";
		}

	}

}
