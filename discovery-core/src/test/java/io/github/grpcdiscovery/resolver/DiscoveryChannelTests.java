package io.github.grpcdiscovery.resolver;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a channel does with what a registry says, on real connections.
 */
class DiscoveryChannelTests extends DiscoveryChannelFixture {

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

}
