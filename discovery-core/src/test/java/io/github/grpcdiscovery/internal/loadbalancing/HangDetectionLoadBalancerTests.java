package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.Context;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancerProvider;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

import io.github.grpcdiscovery.internal.retry.LostServer;
import io.github.grpcdiscovery.resolver.DiscoveryAttributes;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class HangDetectionLoadBalancerTests {

	private static final Duration AFTER = Duration.ofSeconds(2);

	private final FakeScheduler scheduler = new FakeScheduler();

	private final SynchronizationContext syncContext = new SynchronizationContext((thread, error) -> {
		throw new AssertionError(error);
	});

	private final List<FakeServer> servers = new ArrayList<>();

	private final CapturedLog log = new CapturedLog(EjectionLog.class);

	private SubchannelPicker picker;

	private final HangDetectionLoadBalancer balancer = new HangDetectionLoadBalancer(new FakeHelper(),
			new FakeRoundRobin(), () -> this.scheduler.nanoTime() + this.paused);

	private long paused;

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@Test
	void serverThatIsSilentIsAskedAndTakenOutIfItDoesNotAnswerWhileOthersDo() {
		balance(3, AFTER);
		call(2);
		pass(Duration.ofMillis(1900), 0, 1);
		assertThat(this.servers.get(2).questions).hasSize(1);
		assertThat(this.servers.get(0).questions).isEmpty();
		assertThat(picks(6)).containsExactly(0, 1, 2, 0, 1, 2);
		pass(Duration.ofMillis(300), 0, 1);
		assertThat(picks(6)).containsExactly(0, 1, 0, 1, 0, 1);
		assertThat(this.log.warnings()).containsExactly(
				"/127.0.0.1:9002 of 'echo' hangs: nothing came from it for 2s while others answered. It gets no calls until it answers");
	}

	@Test
	void answerToTheQuestionTakesItInAgainWithoutACall() {
		balance(2, AFTER);
		call(1);
		pass(Duration.ofSeconds(3), 0);
		assertThat(picks(3)).containsExactly(0, 0, 0);
		this.servers.get(1).questions.get(0).onClose(Status.UNIMPLEMENTED, new Metadata());
		assertThat(picks(3)).contains(0, 1);
		assertThat(this.log.infos()).singleElement().asString().startsWith("/127.0.0.1:9001 of 'echo' answers again");
		pass(Duration.ofSeconds(5), 0, 1);
		assertThat(this.log.warnings()).hasSize(1);
	}

	@Test
	void whateverComesIsASignOfLife() {
		balance(2, AFTER);
		call(1);
		pass(Duration.ofMillis(1500), 0);
		assertThat(this.servers.get(1).questions).hasSize(1);
		this.servers.get(1).tracer.inboundMessage(0);
		pass(Duration.ofSeconds(1), 0);
		assertThat(this.log.warnings()).as("the question is not answered, but the call is").isEmpty();
		assertThat(this.servers.get(1).cancelled).isEqualTo(1);
	}

	@Test
	void serverThatIsBackIsNotTakenOutForAnOldQuestion() {
		balance(2, AFTER);
		call(1);
		pass(Duration.ofSeconds(3), 0);
		assertThat(this.log.warnings()).hasSize(1);
		this.servers.get(1).tracer.inboundHeaders();
		pass(Duration.ofSeconds(5), 0);
		assertThat(this.log.infos()).hasSize(1);
		assertThat(this.log.warnings()).hasSize(1);
		call(1);
		pass(Duration.ofSeconds(3), 0);
		assertThat(this.log.warnings()).as("but for a new one").hasSize(2);
	}

	@Test
	void serverThatIsNotCalledIsNotAsked() {
		balance(3, AFTER);
		this.scheduler.advance(Duration.ofMinutes(5));
		assertThat(this.servers).allMatch((server) -> server.questions.isEmpty());
	}

	@Test
	void ownDeadlinesAndCancellationsSayNothing() {
		balance(2, AFTER);
		call(1);
		this.servers.get(1).tracer.streamClosed(Status.DEADLINE_EXCEEDED);
		this.servers.get(1).tracer.streamClosed(Status.CANCELLED);
		pass(Duration.ofSeconds(3), 0);
		assertThat(picks(3)).containsExactly(0, 0, 0);
	}

	@Test
	void connectionThatOurKeepAliveClosesIsNoSignOfLife() {
		balance(2, AFTER);
		call(1);
		pass(Duration.ofSeconds(1), 0);
		assertThat(this.servers.get(1).questions).hasSize(1);
		this.servers.get(1).tracer.streamClosed(Status.UNAVAILABLE.withDescription("Keepalive failed"));
		pass(Duration.ofMillis(1500), 0);
		assertThat(picks(3)).containsExactly(0, 0, 0);
	}

	@Test
	void questionHasNothingOfACallersContext() {
		balance(2, AFTER);
		call(1);
		Context.current().withValue(Context.key("caller"), "x").run(() -> pass(Duration.ofSeconds(1), 0));
		assertThat(this.servers.get(1).contexts).containsExactly(Context.ROOT);
	}

	@Test
	void deadlineThatTheServerTellsIsAnAnswerAndOneOfOursIsNone() {
		balance(2, AFTER);
		call(1);
		pass(Duration.ofSeconds(3), 0);
		Metadata trailers = new Metadata();
		trailers.put(Metadata.Key.of("content-type", Metadata.ASCII_STRING_MARSHALLER), "application/grpc");
		this.servers.get(1).questions.get(0).onClose(Status.DEADLINE_EXCEEDED, trailers);
		assertThat(this.log.infos()).hasSize(1);
		call(1);
		pass(Duration.ofSeconds(3), 0);
		this.servers.get(1).questions.get(1).onClose(Status.DEADLINE_EXCEEDED, new Metadata());
		assertThat(this.log.infos()).hasSize(1);
	}

	@Test
	void errorsOfTheServerAreSignsOfLife() {
		balance(2, AFTER);
		for (int i = 0; i < 20; i++) {
			call(1);
			this.servers.get(1).tracer.inboundTrailers(new Metadata());
			this.servers.get(1).tracer.streamClosed(Status.INTERNAL);
			pass(Duration.ofMillis(400), 0);
		}
		assertThat(this.servers.get(1).questions).isEmpty();
	}

	@Test
	void serverThatAnswersHttpAloneIsEjectedWhileAnotherSpeaksGrpc() {
		balance(3, AFTER);
		call(1);
		this.servers.get(1).tracer.streamClosed(Status.UNIMPLEMENTED);
		pass(Duration.ofMillis(100), 0);
		assertThat(picks(3)).as("a probe decides").contains(1);
		answersHttp(1, 0);
		assertThat(picks(4)).doesNotContain(1);
		assertThat(this.log.warnings()).containsExactly(
				"Ejected /127.0.0.1:9001 of 'echo': it does not speak gRPC (HTTP status code 404, invalid content-type: text/html). It gets no calls until it does");
		this.servers.get(1).tracer.streamClosed(Status.UNIMPLEMENTED);
		pass(ProtocolCheck.RETRY.plusMillis(200), 0);
		assertThat(picks(4)).as("a call that was under way changes nothing").doesNotContain(1);
		answersHttp(1, 1);
		pass(ProtocolCheck.RETRY.plusMillis(200), 0);
		this.servers.get(1).questions.get(2).onHeaders(new Metadata());
		assertThat(picks(3)).contains(1);
		assertThat(this.log.warnings()).hasSize(1);
		assertThat(this.log.infos()).singleElement()
			.asString()
			.startsWith("/127.0.0.1:9001 of 'echo' speaks gRPC after");
	}

	@Test
	void nobodyIsEjectedWhileNobodySpeaksGrpc() {
		balance(2, AFTER);
		for (int server = 0; server < 2; server++) {
			call(server);
			this.servers.get(server).tracer.streamClosed(Status.UNIMPLEMENTED);
		}
		this.scheduler.advance(Duration.ofMillis(100));
		answersHttp(0, 0);
		answersHttp(1, 0);
		assertThat(picks(2)).containsExactlyInAnyOrder(0, 1);
		call(0);
		this.servers.get(0).tracer.inboundHeaders();
		this.scheduler.advance(Duration.ofMillis(100));
		assertThat(picks(2)).as("once one does, it is another matter").containsOnly(0);
	}

	@Test
	void connectionThatBreaksDuringTheProbeSaysNothing() {
		balance(2, AFTER);
		call(1);
		this.servers.get(1).tracer.streamClosed(Status.UNKNOWN);
		pass(Duration.ofMillis(100), 0);
		this.servers.get(1).questions.get(0).onClose(Status.UNAVAILABLE, new Metadata());
		pass(Duration.ofSeconds(10), 0);
		assertThat(this.servers.get(1).questions).hasSize(1);
		assertThat(picks(3)).contains(1);
	}

	@Test
	void errorOfAGrpcServerIsNotProbed() {
		balance(2, AFTER);
		call(1);
		this.servers.get(1).tracer.inboundTrailers(new Metadata());
		this.servers.get(1).tracer.streamClosed(Status.UNIMPLEMENTED);
		pass(Duration.ofSeconds(1), 0);
		assertThat(this.servers.get(1).questions).isEmpty();
	}

	private void answersHttp(int server, int question) {
		Metadata headers = new Metadata();
		headers.put(Metadata.Key.of("content-type", Metadata.ASCII_STRING_MARSHALLER), "text/html");
		this.servers.get(server).questions.get(question)
			.onClose(
					Status.UNIMPLEMENTED.withDescription(
							"HTTP status code 404\ninvalid content-type: text/html\nheaders: ..\nDATA--\n<h1>"),
					headers);
	}

	@Test
	void whenNobodyIsHeardOthersAreAskedFirst() {
		balance(5, AFTER);
		call(4);
		this.scheduler.advance(Duration.ofSeconds(3));
		assertThat(this.log.warnings()).isEmpty();
		assertThat(this.servers).filteredOn((server) -> !server.questions.isEmpty())
			.as("it and three others")
			.hasSize(4);
		this.servers.get(0).questions.get(0).onHeaders(new Metadata());
		this.scheduler.advance(Duration.ofMillis(200));
		assertThat(this.log.warnings()).singleElement().asString().contains(":9004 ");
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(this.log.warnings()).as("those that were asked for it hang, too").hasSize(3);
		assertThat(picks(4)).containsExactlyInAnyOrder(0, 3, 0, 3);
	}

	@Test
	void noMoreThanTwoThirdsAreTakenOutAtOnce() {
		balance(10, AFTER);
		IntStream.range(1, 10).forEach(this::call);
		pass(Duration.ofSeconds(5), 0);
		assertThat(this.log.warnings()).hasSize(6);
		assertThat(picks(40)).containsOnly(0, 7, 8, 9);
		this.servers.get(3).questions.get(0).onHeaders(new Metadata());
		pass(Duration.ofMillis(200), 0);
		assertThat(this.log.warnings()).as("when one is back, the next one is out").hasSize(7);
		assertThat(picks(40)).containsOnly(0, 3, 8, 9);
	}

	@Test
	@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
	void tenThousandSilentServersCostNoSquareOfThat() {
		balance(10_000, AFTER);
		IntStream.range(0, 10_000).forEach(this::call);
		this.scheduler.advance(Duration.ofSeconds(30));
		assertThat(this.log.warnings()).isEmpty();
		assertThat(this.servers).allMatch((server) -> server.questions.size() == 1);
	}

	@Test
	void serverWhoseStreamsAreAllInUseIsNotSaidToHang() {
		balance(2, AFTER);
		this.servers.get(1).full = true;
		call(1);
		pass(Duration.ofSeconds(3), 0);
		assertThat(picks(3)).containsExactly(0, 0, 0);
		assertThat(this.log.warnings()).singleElement()
			.asString()
			.startsWith(
					"/127.0.0.1:9001 of 'echo' takes no more calls: as many are under way as it allows on one connection");
		this.servers.get(1).questions.get(0).onHeaders(new Metadata());
		assertThat(picks(3)).contains(1);
	}

	@Test
	void nobodyIsTakenOutWhileNobodyAnswers() {
		balance(3, AFTER);
		IntStream.range(0, 3).forEach(this::call);
		this.scheduler.advance(Duration.ofMinutes(1));
		assertThat(picks(3)).containsExactlyInAnyOrder(0, 1, 2);
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void whoDidNotRunItselfDoesNotJudge() {
		balance(2, AFTER);
		call(1);
		pass(Duration.ofMillis(1500), 0);
		this.paused = Duration.ofSeconds(30).toNanos();
		pass(Duration.ofMillis(1400), 0);
		assertThat(this.log.warnings()).isEmpty();
		pass(Duration.ofMillis(300), 0);
		assertThat(this.log.warnings()).hasSize(1);
	}

	@Test
	void connectionThatBreaksClearsTheDoubt() {
		balance(2, AFTER);
		call(1);
		pass(Duration.ofSeconds(3), 0);
		this.servers.get(1).questions.get(0).onClose(Status.UNAVAILABLE, new Metadata());
		assertThat(picks(2)).contains(1);
		assertThat(this.log.infos()).as("that is not a sign of life").isEmpty();
	}

	@Test
	void callThatWasLostGoesToTheServerItWasLostWithOnlyIfThereIsNoOther() {
		balance(3, Duration.ofSeconds(2));
		pass(Duration.ofMillis(100), 0, 1, 2);
		CallOptions lost = CallOptions.DEFAULT.withOption(LostServer.ADDRESS, new InetSocketAddress("127.0.0.1", 9001));
		assertThat(picks(20, lost)).containsOnly(0, 2);
		assertThat(picks(20)).contains(1);
		// the others hang
		pass(Duration.ofSeconds(1), 1);
		call(0);
		call(2);
		pass(Duration.ofSeconds(3), 1);
		assertThat(picks(20, lost)).containsOnly(1);
	}

	@Test
	void zeroIsThePolicyBelow() {
		balance(2, Duration.ZERO);
		call(1);
		this.scheduler.advance(Duration.ofMinutes(1));
		assertThat(this.scheduler.pendingTasks()).isZero();
		assertThat(this.picker.pickSubchannel(new Arguments(CallOptions.DEFAULT)).getStreamTracerFactory()).isNull();
	}

	@Test
	void shutdownAndRemovedServersLeaveNothing() {
		balance(3, AFTER);
		call(2);
		pass(Duration.ofSeconds(3), 0, 1);
		this.syncContext.execute(() -> this.servers.get(2).wrapped.shutdown());
		assertThat(this.servers.get(2).cancelled).isEqualTo(1);
		this.syncContext.execute(this.balancer::shutdown);
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	private void balance(int servers, Duration unresponsiveAfter) {
		List<EquivalentAddressGroup> addresses = IntStream.range(0, servers)
			.mapToObj((i) -> new EquivalentAddressGroup(new InetSocketAddress("127.0.0.1", 9000 + i)))
			.toList();
		this.syncContext.execute(() -> this.balancer.acceptResolvedAddresses(ResolvedAddresses.newBuilder()
			.setAddresses(addresses)
			.setAttributes(
					Attributes.newBuilder().set(DiscoveryAttributes.UNRESPONSIVE_AFTER, unresponsiveAfter).build())
			.build()));
	}

	// time in which these servers are called and answer
	private void pass(Duration time, Integer... answering) {
		for (long i = 0; i < time.toMillis() / 50; i++) {
			for (int server : answering) {
				call(server);
				this.servers.get(server).tracer.inboundHeaders();
			}
			this.scheduler.advance(Duration.ofMillis(50));
		}
	}

	private void call(int server) {
		FakeServer called = this.servers.get(server);
		PickResult picked = ((TrackedSubchannel) called.wrapped).traced(called.result);
		called.tracer = picked.getStreamTracerFactory()
			.newClientStreamTracer(ClientStreamTracer.StreamInfo.newBuilder().build(), new Metadata());
	}

	private List<Integer> picks(int count) {
		return picks(count, CallOptions.DEFAULT);
	}

	private List<Integer> picks(int count, CallOptions options) {
		return IntStream.range(0, count).mapToObj((i) -> {
			InetSocketAddress address = (InetSocketAddress) this.picker.pickSubchannel(new Arguments(options))
				.getSubchannel()
				.getAllAddresses()
				.get(0)
				.getAddresses()
				.get(0);
			return address.getPort() - 9000;
		}).toList();
	}

	private final class FakeServer extends Subchannel {

		private final List<EquivalentAddressGroup> addresses;

		private final List<ClientCall.Listener<?>> questions = new ArrayList<>();

		private final List<Context> contexts = new ArrayList<>();

		/** Allows no more streams, so that what is asked waits on our side. */
		private boolean full;

		private int cancelled;

		private Subchannel wrapped;

		private PickResult result;

		private ClientStreamTracer tracer;

		FakeServer(List<EquivalentAddressGroup> addresses) {
			this.addresses = addresses;
		}

		@Override
		public void start(LoadBalancer.SubchannelStateListener listener) {
			listener.onSubchannelState(ConnectivityStateInfo.forNonError(ConnectivityState.READY));
		}

		@Override
		public void shutdown() {
			// nothing to close
		}

		@Override
		public void requestConnection() {
			// connected
		}

		@Override
		public List<EquivalentAddressGroup> getAllAddresses() {
			return this.addresses;
		}

		@Override
		public Attributes getAttributes() {
			return Attributes.EMPTY;
		}

		@Override
		public Channel asChannel() {
			return new Channel() {

				@Override
				public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
					assertThat(method.getFullMethodName()).isEqualTo("grpc.health.v1.Health/Check");
					FakeServer.this.contexts.add(Context.current());
					if (!FakeServer.this.full) {
						options.getStreamTracerFactories()
							.forEach((tracers) -> tracers
								.newClientStreamTracer(ClientStreamTracer.StreamInfo.newBuilder().build(),
										new Metadata())
								.outboundHeaders());
					}
					return new FakeCall<>(FakeServer.this);
				}

				@Override
				public String authority() {
					return "echo";
				}

			};
		}

	}

	private static final class FakeCall<Q, A> extends ClientCall<Q, A> {

		private final FakeServer server;

		FakeCall(FakeServer server) {
			this.server = server;
		}

		@Override
		public void start(Listener<A> listener, Metadata headers) {
			this.server.questions.add(listener);
		}

		@Override
		public void request(int numMessages) {
			assertThat(numMessages).isEqualTo(1);
		}

		@Override
		public void cancel(String message, Throwable cause) {
			this.server.cancelled++;
		}

		@Override
		public void halfClose() {
			// sent
		}

		@Override
		public void sendMessage(Q message) {
			assertThat((byte[]) message).isEmpty();
		}

	}

	/** Connects to all and picks one after the other. */
	private final class FakeRoundRobin extends LoadBalancerProvider {

		@Override
		public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
			return new LoadBalancer() {

				@Override
				public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
					assertThat(resolved.getLoadBalancingPolicyConfig()).isNull();
					resolved.getAddresses().forEach((address) -> {
						Subchannel subchannel = helper
							.createSubchannel(CreateSubchannelArgs.newBuilder().setAddresses(address).build());
						subchannel.start((state) -> {
						});
						FakeServer server = HangDetectionLoadBalancerTests.this.servers
							.get(HangDetectionLoadBalancerTests.this.servers.size() - 1);
						server.wrapped = subchannel;
						server.result = PickResult.withSubchannel(subchannel);
					});
					helper.updateBalancingState(ConnectivityState.READY, new Turns());
					return Status.OK;
				}

				@Override
				public void handleNameResolutionError(Status error) {
					throw new AssertionError(error);
				}

				@Override
				public void shutdown() {
					// nothing to close
				}

			};
		}

		@Override
		public boolean isAvailable() {
			return true;
		}

		@Override
		public int getPriority() {
			return 5;
		}

		@Override
		public String getPolicyName() {
			return "fake";
		}

		@Override
		public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> rawConfig) {
			return ConfigOrError.fromConfig("unused");
		}

	}

	private final class Turns extends SubchannelPicker {

		private int next;

		@Override
		public PickResult pickSubchannel(LoadBalancer.PickSubchannelArgs args) {
			List<FakeServer> servers = HangDetectionLoadBalancerTests.this.servers;
			return servers.get(this.next++ % servers.size()).result;
		}

	}

	private static final class Arguments extends LoadBalancer.PickSubchannelArgs {

		private final CallOptions options;

		Arguments(CallOptions options) {
			this.options = options;
		}

		@Override
		public CallOptions getCallOptions() {
			return this.options;
		}

		@Override
		public Metadata getHeaders() {
			return new Metadata();
		}

		@Override
		public MethodDescriptor<?, ?> getMethodDescriptor() {
			throw new UnsupportedOperationException();
		}

	}

	private final class FakeHelper extends LoadBalancer.Helper {

		@Override
		public Subchannel createSubchannel(LoadBalancer.CreateSubchannelArgs args) {
			FakeServer server = new FakeServer(args.getAddresses());
			HangDetectionLoadBalancerTests.this.servers.add(server);
			return server;
		}

		@Override
		public ManagedChannel createOobChannel(EquivalentAddressGroup address, String authority) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void updateBalancingState(ConnectivityState state, SubchannelPicker picker) {
			HangDetectionLoadBalancerTests.this.picker = picker;
		}

		@Override
		public SynchronizationContext getSynchronizationContext() {
			return HangDetectionLoadBalancerTests.this.syncContext;
		}

		@Override
		public ScheduledExecutorService getScheduledExecutorService() {
			return HangDetectionLoadBalancerTests.this.scheduler;
		}

		@Override
		public String getAuthority() {
			return "echo";
		}

	}

}
