package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.ConsulAgentBuilder;
import io.github.grpcdiscovery.testsupport.RegistryBinaries;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(600)
class ManyServicesTests {

	private final CapturedLog log = new CapturedLog("io.github.grpcdiscovery.consul");

	private final List<RecordingListener> listeners = new ArrayList<>();

	private final List<Subscription> subscriptions = new ArrayList<>();

	@AfterEach
	void listenNoMore() {
		this.log.close();
	}

	@Test
	@Tag("long")
	@Tag("long-1")
	@Proves("F68")
	void moreServicesThanTheAgentAllowsConnectionsAreAllFollowed() {
		try (ConsulAgent agent = ConsulAgent.started(); TcpProxy proxy = TcpProxy.to(agent.httpPort())) {
			register(agent, 300);
			try (ConsulRegistry registry = open(proxy)) {
				follow(registry, 300);
				allAreFollowed(agent, 300);
				assertThat(proxy.openConnections()).isLessThan(185);
				assertThat(this.log.warnings()).singleElement().asString().contains("http_max_conns_per_client");
				// of those that are held and of those that are polled
				for (int i : List.of(0, 149, 150, 299)) {
					deregister(agent, i);
					Conditions.await(Duration.ofSeconds(60)).until(() -> this.listeners.get(i).last().isEmpty());
				}
				Conditions.eventually(() -> assertThat(registry.watches()).allMatch(WatchStatus::connected));
			}
		}
	}

	@Test
	@Proves("F68")
	void anyNumberOfServicesIsFollowedWhereTheAgentAllowsIt() {
		ConsulAgentBuilder builder = ConsulAgent.builder().config("limits { http_max_conns_per_client = 1000 }");
		try (ConsulAgent agent = builder.start(); TcpProxy proxy = TcpProxy.to(agent.httpPort())) {
			try (ConsulRegistry registry = open(proxy)) {
				follow(registry, 300);
				allAreFollowed(agent, 0);
				Conditions.eventually(() -> assertThat(proxy.openConnections()).isGreaterThanOrEqualTo(300));
				assertThat(this.log.warnings()).isEmpty();
				Conditions.eventually(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
					.filteredOn((name) -> name.startsWith("grpc-discovery-consul"))
					.hasSizeLessThan(12));
				register(agent, 300);
				Conditions.await(Duration.ofSeconds(60))
					.until(() -> this.listeners.stream().noneMatch((listener) -> listener.last().isEmpty()));
			}
			this.subscriptions.clear();
			Conditions.eventually(() -> {
				// held queries end at once; the JDK closes idle connections with its
				// client, which is garbage now
				System.gc();
				assertThat(proxy.openConnections()).isZero();
			});
		}
	}

	@Test
	@Tag("long")
	@Tag("long-2")
	@Proves("F68")
	void refreshesLockNobodyOut() {
		try (ConsulAgent agent = asking().start(); TcpProxy proxy = TcpProxy.to(agent.httpPort())) {
			register(agent, 50);
			try (ConsulRegistry registry = open(proxy)) {
				follow(registry, 50);
				allAreFollowed(agent, 50);
				// a server of each is dead: gRPC asks each time that it tries to connect
				long start = System.nanoTime();
				Conditions.await(Duration.ofSeconds(60)).until(() -> {
					this.subscriptions.forEach(Subscription::refresh);
					assertThat(agent.get("/v1/status/leader")).as("others are answered").isNotEmpty();
					return Duration.ofNanos(System.nanoTime() - start).toSeconds() >= 40;
				});
				assertThat(registry.watches()).allMatch((watch) -> watch.connected() && watch.reconnects() == 0);
				assertThat(proxy.connections()).isLessThan(100);
				assertThat(this.log.warnings()).isEmpty();
			}
		}
	}

	@Test
	@Tag("long")
	@Tag("long-3")
	@Proves("F68")
	void processThatStartsAfterOneThatFollowedManyFollowsThemSoon() {
		try (ConsulAgent agent = asking().start(); TcpProxy proxy = TcpProxy.to(agent.httpPort())) {
			register(agent, 120);
			for (int i = 0; i < 2; i++) {
				try (ConsulRegistry registry = open(proxy)) {
					this.listeners.clear();
					follow(registry, 120);
					allAreFollowed(agent, 120);
					Conditions.await(Duration.ofSeconds(60))
						.until(() -> registry.watches().stream().allMatch(WatchStatus::connected));
				}
			}
		}
	}

	private static ConsulAgentBuilder asking() {
		ConsulAgentBuilder builder = ConsulAgent.builder();
		boolean streams = RegistryBinaries.consulVersion().compareTo(Runtime.Version.parse("1.10")) >= 0;
		return streams ? builder.config("use_streaming_backend = false") : builder;
	}

	private void follow(ConsulRegistry registry, int services) {
		for (int i = 0; i < services; i++) {
			RecordingListener listener = new RecordingListener();
			this.listeners.add(listener);
			this.subscriptions.add(registry.discovery().watch("svc-" + i, listener));
		}
	}

	private void allAreFollowed(ConsulAgent agent, int some) {
		Conditions.await(Duration.ofSeconds(60))
			.until(() -> this.listeners.stream()
				.allMatch((listener) -> listener.last() != null && listener.last().size() == ((some > 0) ? 1 : 0)));
		assertThat(agent.get("/v1/status/leader")).as("others are answered").isNotEmpty();
	}

	private static void register(ConsulAgent agent, int services) {
		for (int i = 0; i < services; i++) {
			agent.put("/v1/agent/service/register", """
					{"ID":"svc-%d","Name":"svc-%d","Address":"127.0.0.1","Port":1}""".formatted(i, i));
		}
	}

	private static void deregister(ConsulAgent agent, int service) {
		agent.put("/v1/agent/service/deregister/svc-" + service);
	}

	private static ConsulRegistry open(TcpProxy proxy) {
		return new ConsulRegistry(ConsulSettings.of(proxy.uri("http")), DiscoveryObserver.NONE);
	}

}
