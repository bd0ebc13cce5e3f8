package io.github.grpcdiscovery.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ClientStreamTracer;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.internal.retry.IdempotentCallRetry;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.SteadyCaller;
import io.github.grpcdiscovery.testsupport.SteadyCaller.Outcome;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A killed server's connections end by FIN where its kernel has nothing left to read: the
 * client notices when it reads, or when it writes.
 */
@Timeout(300)
@Tag("long")
@Tag("long-1")
class ClosedConnectionTests {

	private static final int CLOSED = 200;

	private static final Duration DEADLINE = Duration.ofSeconds(15);

	@Test
	@Proves("F69")
	void callsThatMayBeMadeAgainSurviveConnectionsThatEndInOrder(TestReporter reporter) {
		Unsent unsent = new Unsent();
		try (LocalEcho server = new LocalEcho("a"); TcpProxy proxy = TcpProxy.to(server.instance().port())) {
			ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", proxy.port())
				.usePlaintext()
				.intercept(new IdempotentCallRetry())
				.build();
			Channel witnessed = ClientInterceptors.intercept(channel, unsent);
			long began = System.nanoTime();
			SteadyCaller reading = SteadyCaller.start(channel, EchoGrpc.getLookMethod(), 400, DEADLINE, DEADLINE);
			SteadyCaller writing = SteadyCaller.start(witnessed, 400, DEADLINE, DEADLINE);
			try (reading; writing) {
				long before = 0;
				for (int i = 1; i <= CLOSED; i++) {
					int connection = i;
					long begun = before;
					Conditions.await().until(() -> proxy.connections() == connection);
					long connected = System.nanoTime();
					Conditions.await(DEADLINE).until(() -> mayLoseOthers(reading, begun, connected));
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
					before = reading.made();
					proxy.finish();
				}
			}
			finally {
				channel.shutdownNow();
			}
			assertThat(reading.failures()).as(() -> reading.account(began)).isEmpty();
			assertThat(unsent.failed).as("calls that were never sent: %s", writing.account(began)).hasValue(0);
			assertThat(writing.failures()).as(() -> writing.account(began))
				.allMatch((failure) -> failure.status().getCode() == Status.Code.UNAVAILABLE);
			reporter.publishEntry(Proves.MEASURED,
					"%d connections closed: none of %d idempotent calls failed, none that was not sent, %d of %d others"
						.formatted(CLOSED, reading.made(), writing.failures().size(), writing.made()));
		}
	}

	// no call is lost twice, and no more of them than the budget allows to make again
	private static boolean mayLoseOthers(SteadyCaller caller, long before, long connected) {
		List<Outcome> ended = new ArrayList<>(caller.answers((answer) -> true));
		ended.addAll(caller.failures());
		long endedOfThem = ended.stream().filter((outcome) -> outcome.began() <= connected).count();
		long endedSince = ended.size() - endedOfThem;
		return endedOfThem >= before && endedSince > 10L * (caller.made() - ended.size());
	}

	/** Counts calls that failed although nothing of them was ever sent. */
	private static final class Unsent implements ClientInterceptor {

		private final AtomicInteger failed = new AtomicInteger();

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			Sent sent = new Sent();
			return new SimpleForwardingClientCall<>(next.newCall(method, options.withStreamTracerFactory(sent))) {

				@Override
				public void start(Listener<A> listener, Metadata headers) {
					super.start(new SimpleForwardingClientCallListener<>(listener) {

						@Override
						public void onClose(Status status, Metadata trailers) {
							if (!status.isOk() && sent.created && !sent.sent) {
								Unsent.this.failed.incrementAndGet();
							}
							super.onClose(status, trailers);
						}

					}, headers);
				}

			};
		}

	}

	private static final class Sent extends ClientStreamTracer.Factory {

		private volatile boolean created;

		private volatile boolean sent;

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			return new ClientStreamTracer() {

				@Override
				public void streamCreated(Attributes transport, Metadata headers) {
					Sent.this.created = true;
				}

				@Override
				public void outboundHeaders() {
					Sent.this.sent = true;
				}

			};
		}

	}

}
