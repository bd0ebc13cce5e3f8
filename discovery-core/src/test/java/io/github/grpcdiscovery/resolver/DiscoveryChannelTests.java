package io.github.grpcdiscovery.resolver;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a channel does with what a registry says, on real connections.
 */
class DiscoveryChannelTests {

	private final EchoServers servers = new EchoServers();

	private FakeDiscovery discovery = new FakeDiscovery();

	private ManagedChannel channel;

	@AfterEach
	void close() {
		if (this.channel != null) {
			this.channel.shutdownNow();
		}
		this.servers.close();
	}

	@Test
	void callsAreSpreadOverAllInstances() {
		this.discovery.hold(this.servers.start("a"), this.servers.start("b"), this.servers.start("c"));
		open();
		whenAllAnswer("a", "b", "c");
		assertThat(answers(30)).isEqualTo(Map.of("a", 10, "b", 10, "c", 10));
	}

	@Test
	@Proves("I15")
	void serviceWithANameThatNoHostHasIsCalled() {
		this.discovery.hold(this.servers.start("a"));
		open("discovery:///shop/gr%C3%B6%C3%9Fe%20b%3F%25", (builder) -> {
		});
		assertThat(callWaiting()).isEqualTo("a");
		assertThat(this.channel.authority()).isEqualTo("shop%2Fgr%C3%B6%C3%9Fe%20b%3F%25");
	}

	@Test
	void aPlainCallFailsAtOnceWhenThereIsNoInstance() {
		this.discovery.hold();
		open();
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call)
			.withMessage("UNAVAILABLE: no instances of 'echo' in fake (memory)");
	}

	@Test
	@Proves("F3")
	void aPlainCallSaysWhyTheRegistryCannotBeRead() {
		this.discovery.fail("connection refused");
		open();
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call)
			.withMessage("UNAVAILABLE: no instances of 'echo' in fake (memory): connection refused");
	}

	@Test
	void aRegistryThatIsAwayIsOneLineAChannelHoweverOftenItIsTried() {
		List<LogRecord> lines = new CopyOnWriteArrayList<>();
		Handler handler = new Handler() {

			@Override
			public void publish(LogRecord line) {
				lines.add(line);
			}

			@Override
			public void flush() {
				// kept in memory
			}

			@Override
			public void close() {
				// nothing to close
			}

		};
		Logger logger = Logger.getLogger("io.grpc.internal.ManagedChannelImpl");
		logger.addHandler(handler);
		try {
			this.discovery.fail("connection refused");
			open();
			for (int i = 0; i < 60; i++) {
				this.discovery.fail((i % 2 == 0) ? "timed out" : "connection refused");
				assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call);
			}
		}
		finally {
			logger.removeHandler(handler);
		}
		assertThat(lines).as("causes that differ each time make no line each")
			.hasSize(1)
			.allSatisfy((line) -> assertThat(line.getThrown()).isNull())
			.extracting((line) -> String.valueOf(line.getParameters()[1]))
			.allMatch((status) -> status.contains("no instances of 'echo' in fake (memory): ")
					&& !status.contains("\tat "));
	}

	@Test
	void discoveryThatThrowsDoesNotEndTheChannelForEver() {
		this.discovery.breakWith("not yet");
		this.discovery.hold(this.servers.start("a"));
		open();
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call)
			.withMessage(
					"UNAVAILABLE: no instances of 'echo' in fake (memory): java.lang.IllegalStateException: not yet");
		this.discovery.breakWith(null);
		assertThat(callWaiting()).isEqualTo("a");
		assertThat(this.discovery.listeners()).isEqualTo(1);
	}

	@Test
	void aWaitForReadyCallWaitsForTheFirstInstance() throws Exception {
		this.discovery.fail("connection refused");
		open();
		var waiting = EchoGrpc.newFutureStub(this.channel)
			.withWaitForReady()
			.withDeadlineAfter(60, TimeUnit.SECONDS)
			.say(SayRequest.getDefaultInstance());
		Conditions.await().until(() -> this.channel.getState(true) == ConnectivityState.TRANSIENT_FAILURE);
		assertThat(waiting.isDone()).isFalse();
		this.discovery.hold(this.servers.start("a"));
		assertThat(waiting.get(60, TimeUnit.SECONDS).getText()).isEqualTo("a");
	}

	@Test
	void emptyListEndsTheCallsThoughTheConnectionWorks() {
		ServiceInstance a = this.servers.start("a");
		this.discovery.hold(a);
		open();
		whenAllAnswer("a");
		this.discovery.hold();
		failsWith("no instances of 'echo' in fake (memory)");
		assertThat(this.channel.getState(false)).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
		this.discovery.hold(a);
		assertThat(answers(10)).isEqualTo(Map.of("a", 10));
		assertThat(this.servers.connections("a")).as("it was closed, and is a new one").isEqualTo(2);
	}

	@Test
	void listOfWhichNoHostResolvesDoesNotBreakTheConnectionsThatWork() {
		this.discovery.hold(this.servers.start("a"));
		open();
		whenAllAnswer("a");
		this.discovery.hold(ServiceInstance.of("echo", "no-such-host.invalid", 9));
		assertThat(answers(10)).isEqualTo(Map.of("a", 10));
		this.servers.stop("a");
		failsWith("no host of 'echo' in fake (memory) resolves: no-such-host.invalid:9");
	}

	@Test
	@Proves("F39")
	void emptyListIsToldWhenItsLastConnectionIsGoneAndWhileTheDeadAddressIsTriedAgain() {
		this.discovery.hold(this.servers.start("a"));
		open();
		whenAllAnswer("a");
		this.discovery.hold();
		this.servers.stop("a");
		Conditions.await()
			.during(Duration.ofSeconds(2))
			.untilAsserted(() -> assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call)
				.withMessage("UNAVAILABLE: no instances of 'echo' in fake (memory)"));
	}

	@Test
	void aPlainCallSaysWhoIsRegisteredAndNotHealthy() {
		this.discovery.hold();
		open();
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call);
		Map<HostAndPort, String> unhealthy = new TreeMap<>();
		for (int port = 1; port <= 5; port++) {
			unhealthy.put(new HostAndPort("10.0.0.1", port), "critical by the check 'gRPC health' (refused)");
		}
		this.discovery.unhealthy(unhealthy);
		String critical = " is critical by the check 'gRPC health' (refused)";
		Conditions
			.eventually(() -> assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call)
				.withMessage("UNAVAILABLE: no instances of 'echo' in fake (memory) are healthy, of 5 registered: "
						+ "10.0.0.1:1" + critical + "; 10.0.0.1:2" + critical + "; 10.0.0.1:3" + critical
						+ "; and 2 more"));
	}

	@Test
	void emptyListIsForgottenWhenThereIsAnInstanceAgain() {
		ServiceInstance dead = this.servers.start("a");
		this.servers.stop("a");
		this.discovery.hold(dead);
		open();
		failsWith("io exception");
		this.discovery.hold();
		failsWith("no instances");
		this.discovery.hold(dead);
		failsWith("io exception");
	}

	private void failsWith(String description) {
		Conditions.eventually(() -> assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call)
			.withMessageStartingWith("UNAVAILABLE: " + description));
	}

	@Test
	void anInstanceThatLeavesGetsNoMoreCalls() {
		ServiceInstance a = this.servers.start("a");
		ServiceInstance b = this.servers.start("b");
		this.discovery.hold(a, b);
		open();
		whenAllAnswer("a", "b");
		this.discovery.hold(b);
		// the channel may be busy on another thread, which then takes the list over
		Conditions.eventually(() -> assertThat(answers(10)).isEqualTo(Map.of("b", 10)));
	}

	@Test
	@Proves("F49")
	void changedWeightAndMetadataDoNotReconnect() {
		ServiceInstance a = this.servers.start("a");
		this.discovery.hold(a);
		open();
		whenAllAnswer("a");
		this.discovery.hold(ServiceInstance.builder(a.service(), a.host(), a.port())
			.id(a.id())
			.weight(7)
			.zone("zone-b")
			.version("2")
			.tags(List.of("x"))
			.metadata(Map.of("k", "v"))
			.build());
		assertThat(answers(10)).isEqualTo(Map.of("a", 10));
		assertThat(this.servers.connections("a")).isEqualTo(1);
	}

	@Test
	void anInstanceOfWeightZeroIsDrained() {
		ServiceInstance a = this.servers.start("a");
		ServiceInstance b = this.servers.start("b");
		this.discovery.hold(a, weighted(b, 0));
		open();
		whenAllAnswer("a");
		assertThat(answers(10)).isEqualTo(Map.of("a", 10));
	}

	@Test
	void instancesOfWeightZeroAreCalledWhenThereAreNoOthers() {
		this.discovery.hold(weighted(this.servers.start("a"), 0));
		open();
		assertThat(answers(3)).isEqualTo(Map.of("a", 3));
	}

	@Test
	@Proves("I47")
	void aHostNameIsLookedUp() {
		int port = this.servers.start("a").port();
		this.discovery.hold(ServiceInstance.of("echo", "localhost", port));
		open();
		assertThat(callWaiting()).isEqualTo("a");
	}

	@Test
	@Proves({ "I21", "I47" })
	void aHostNameThatDoesNotResolveIsLeftOut() {
		ServiceInstance a = this.servers.start("a");
		this.discovery.hold(ServiceInstance.of("echo", "no-such-host.invalid", 9), a);
		open();
		assertThat(callWaiting()).isEqualTo("a");
	}

	@Test
	@Proves("F56")
	void aChannelThatWasIdleKnowsTheListAtOnce() {
		this.discovery.hold(this.servers.start("a"));
		open();
		assertThat(callWaiting()).isEqualTo("a");
		this.channel.enterIdle();
		assertThat(call()).isEqualTo("a");
		assertThat(this.discovery.subscriptions()).isEqualTo(2);
		assertThat(this.discovery.listeners()).isEqualTo(1);
	}

	@Test
	void aChannelThatIsShutDownStopsListening() {
		this.discovery.hold(this.servers.start("a"));
		open();
		assertThat(callWaiting()).isEqualTo("a");
		this.channel.shutdownNow();
		Conditions.await().until(() -> this.discovery.listeners() == 0);
	}

	@Test
	void failedConnectionsAskForARefresh() {
		ServiceInstance a = this.servers.start("a");
		this.discovery.hold(a, this.servers.start("b"));
		open();
		whenAllAnswer("a", "b");
		this.servers.stop("a");
		Conditions.await().until(() -> this.discovery.refreshes() > 0);
	}

	@Test
	void thePolicyCanBeNamed() {
		this.discovery.hold(this.servers.start("a"), this.servers.start("b"));
		open((builder) -> builder.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY,
				"pick_first"));
		callWaiting();
		assertThat(answers(10)).hasSize(1);
	}

	@Test
	void thePolicyCanBeLeftToTheChannel() {
		this.discovery.hold(this.servers.start("a"), this.servers.start("b"));
		open((builder) -> builder.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, "")
			.defaultServiceConfig(Map.of("loadBalancingConfig", List.of(Map.of("pick_first", Map.of())))));
		callWaiting();
		assertThat(answers(10)).hasSize(1);
	}

	@Test
	void channelOfOnesOwnKeepsItsServiceConfig() {
		this.discovery.hold(this.servers.start("a"), this.servers.start("b"));
		open((builder) -> DiscoveryChannels.configure(builder, Registries.only(this.discovery))
			.defaultServiceConfig(Map.of("loadBalancingConfig", List.of(Map.of("pick_first", Map.of())))));
		callWaiting();
		assertThat(answers(10)).hasSize(1);
	}

	@Test
	void channelOfOnesOwnThatTakesNoServiceConfigIsBalancedAllTheSame() {
		this.discovery.hold(this.servers.start("a"), this.servers.start("b"));
		open((builder) -> DiscoveryChannels.configure(builder, Registries.only(this.discovery))
			.disableServiceConfigLookUp());
		whenAllAnswer("a", "b");
		assertThat(answers(10)).isEqualTo(Map.of("a", 5, "b", 5));
	}

	@Test
	@Proves("I31")
	void anUnknownPolicyIsAnErrorThatNamesIt() {
		this.discovery.hold(this.servers.start("a"));
		open((builder) -> builder.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, "fastest"));
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call).withMessageContaining("fastest");
	}

	private static ServiceInstance weighted(ServiceInstance of, int weight) {
		return ServiceInstance.builder(of.service(), of.host(), of.port()).id(of.id()).weight(weight).build();
	}

	private void open() {
		open((builder) -> {
		});
	}

	private void open(Consumer<NettyChannelBuilder> customizer) {
		open("discovery:///echo", customizer);
	}

	private void open(String target, Consumer<NettyChannelBuilder> customizer) {
		NettyChannelBuilder builder = NettyChannelBuilder.forTarget(target)
			.usePlaintext()
			.idleTimeout(30, TimeUnit.MINUTES)
			.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, Registries.only(this.discovery));
		customizer.accept(builder);
		this.channel = builder.build();
	}

	private void whenAllAnswer(String... names) {
		Conditions.await(Duration.ofSeconds(60)).until(() -> answers(2 * names.length).keySet().equals(Set.of(names)));
	}

	private Map<String, Integer> answers(int calls) {
		Map<String, Integer> answers = new TreeMap<>();
		for (int i = 0; i < calls; i++) {
			answers.merge(callWaiting(), 1, Integer::sum);
		}
		return answers;
	}

	private String callWaiting() {
		return say(EchoGrpc.newBlockingStub(this.channel).withWaitForReady());
	}

	private String call() {
		return say(EchoGrpc.newBlockingStub(this.channel));
	}

	private static String say(EchoGrpc.EchoBlockingStub stub) {
		SayReply reply = stub.withDeadlineAfter(30, TimeUnit.SECONDS).say(SayRequest.getDefaultInstance());
		return reply.getText();
	}

}
