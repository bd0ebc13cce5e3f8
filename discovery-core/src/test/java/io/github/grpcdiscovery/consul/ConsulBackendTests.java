package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAcl;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.ConsulAgentBuilder;
import io.github.grpcdiscovery.testsupport.ConsulCluster;
import io.github.grpcdiscovery.testsupport.RegistryBinaries;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same, whether an agent streams, as it does by default since Consul 1.10, or not.
 */
@Timeout(600)
class ConsulBackendTests {

	private static final String READ = "service_prefix \"\" { policy = \"read\" } ";

	private static final String READ_NODES = "node_prefix \"\" { policy = \"read\" }";

	/** Far from the end of a query that is held, and from that of a doubt. */
	private static final Duration AT_ONCE = Duration.ofSeconds(15);

	private final List<ServerSocket> listening = new ArrayList<>();

	private final RecordingListener listener = new RecordingListener();

	@AfterEach
	void close() throws IOException {
		for (ServerSocket socket : this.listening) {
			socket.close();
		}
		this.listener.assertPromisesKept();
	}

	@ParameterizedTest
	@EnumSource
	@Proves("F60")
	void instanceThatLeavesIsGoneAtOnce(Backend backend) throws IOException {
		try (ConsulAgent agent = backend.agent().start();
				ConsulRegistry registry = open(agent, backend.query(), null)) {
			List<ServiceInstance> instances = List.of(listen(), listen(), listen());
			instances.forEach((instance) -> register(agent, instance));
			registry.discovery().watch("orders", this.listener);
			Conditions.eventually(() -> assertThat(this.listener.last()).hasSize(3));

			// one of three, which goes on listening
			long start = System.nanoTime();
			deregister(agent, instances.get(0));
			Conditions.await(AT_ONCE).until(() -> this.listener.last().size() == 2);
			System.out.printf("%s: one of three is gone after %d ms%n", backend, since(start));

			// whose ports are closed: nothing to doubt
			for (ServerSocket socket : this.listening) {
				socket.close();
			}
			deregister(agent, instances.get(1));
			Conditions.await(Duration.ofSeconds(60)).until(() -> this.listener.last().size() == 1);
			start = System.nanoTime();
			deregister(agent, instances.get(2));
			Conditions.await(AT_ONCE).until(() -> this.listener.last().isEmpty());
			System.out.printf("%s: the only one is gone after %d ms%n", backend, since(start));
			assertThat(status(registry).connected()).isTrue();
			assertThat(status(registry).reconnects()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	@Tag("long")
	@Tag("long-2")
	@Proves("F63")
	void permissionThatIsGoneForAWhileTakesNothingAway(Backend backend) throws IOException {
		try (ConsulAgent agent = backend.agent().acl().start()) {
			String token = agent.acl().createToken(READ + READ_NODES);
			try (ConsulRegistry registry = open(agent,
					backend.query().toBuilder().maxWait(Duration.ofSeconds(2)).build(), token)) {
				List<ServiceInstance> instances = List.of(listen(), listen());
				instances.forEach((instance) -> register(agent, instance));
				registry.discovery().watch("orders", this.listener);
				Conditions.eventually(() -> assertThat(this.listener.last()).hasSize(2));
				for (String left : List.of(READ, READ_NODES)) {
					int lists = this.listener.lists().size();
					ConsulAcl.untilNoticed(() -> agent.acl().replacePolicies(token, left),
							() -> !status(registry).connected());
					assertThat(status(registry).lastError()).contains(left.equals(READ)
							? "may not read nodes that service 'orders' is on" : "may not read service 'orders'");
					agent.acl().replacePolicies(token, READ + READ_NODES);
					Conditions.await(Duration.ofSeconds(75)).until(() -> status(registry).connected());
					assertThat(this.listener.lists()).hasSize(lists);
				}
			}
		}
	}

	@Test
	@Tag("long")
	@Tag("long-3")
	@Proves("F61")
	void leaderThatIsGoneIsNoticedAndWhoLeavesAfterwardsIsGone() throws IOException {
		try (ConsulCluster cluster = ConsulCluster.started();
				ConsulRegistry registry = open(cluster.client(), ConsulQuery.DEFAULT, null)) {
			List<ServiceInstance> instances = follow(cluster, registry);
			long start = System.nanoTime();
			cluster.killLeader();
			cluster.killLeader();
			Conditions.await(Duration.ofSeconds(60)).until(() -> !status(registry).connected());
			System.out.printf("no leader: known after %d ms%n", since(start));
			assertThat(this.listener.last()).hasSize(3);
			assertThat(status(registry).staleSince()).isNotNull();
			Conditions.await(Duration.ofSeconds(60)).until(() -> since(start) > 15_000);
			cluster.start();
			isWholeAgainAndALeaverIsGone(cluster, registry, instances.get(0));
		}
	}

	@Test
	@Tag("long")
	@Tag("long-4")
	@Proves("F62")
	void whoLeavesAfterAllServersWereAwayIsGone() throws IOException {
		try (ConsulCluster cluster = ConsulCluster.started();
				ConsulRegistry registry = open(cluster.client(), ConsulQuery.DEFAULT, null)) {
			List<ServiceInstance> instances = follow(cluster, registry);
			long killed = System.nanoTime();
			cluster.servers().forEach(ConsulAgent::kill);
			Conditions.await(Duration.ofSeconds(60)).until(() -> since(killed) > 37_000);
			assertThat(this.listener.last()).hasSize(3);
			assertThat(status(registry).connected()).isFalse();
			cluster.start();
			long back = System.nanoTime();
			Conditions.await(Duration.ofSeconds(60)).until(() -> since(back) > 24_000);
			isWholeAgainAndALeaverIsGone(cluster, registry, instances.get(0));
		}
	}

	private List<ServiceInstance> follow(ConsulCluster cluster, ConsulRegistry registry) throws IOException {
		List<ServiceInstance> instances = List.of(listen(), listen(), listen());
		instances.forEach((instance) -> register(cluster.client(), instance));
		registry.discovery().watch("orders", this.listener);
		Conditions.await(Duration.ofSeconds(60))
			.until(() -> this.listener.last() != null && this.listener.last().size() == 3);
		return instances;
	}

	private void isWholeAgainAndALeaverIsGone(ConsulCluster cluster, ConsulRegistry registry, ServiceInstance leaver) {
		long start = System.nanoTime();
		Conditions.await(Duration.ofSeconds(60)).until(() -> status(registry).connected());
		System.out.printf("whole again after %d ms%n", since(start));
		assertThat(this.listener.lists()).as("never changed").allSatisfy((list) -> assertThat(list).hasSize(3));
		long left = System.nanoTime();
		deregister(cluster.client(), leaver);
		Conditions.await(AT_ONCE).until(() -> this.listener.last().size() == 2);
		System.out.printf("a leaver is gone after %d ms%n", since(left));
	}

	private ServiceInstance listen() throws IOException {
		ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.listening.add(socket);
		return ServiceInstance.of("orders", "127.0.0.1", socket.getLocalPort());
	}

	private static void register(ConsulAgent agent, ServiceInstance instance) {
		agent.put("/v1/agent/service/register", """
				{"ID":"%s","Name":"orders","Address":"127.0.0.1","Port":%d}""".formatted(ConsulIds.of(instance),
				instance.port()));
	}

	private static void deregister(ConsulAgent agent, ServiceInstance instance) {
		agent.put("/v1/agent/service/deregister/" + ConsulIds.of(instance));
	}

	private static ConsulRegistry open(ConsulAgent agent, ConsulQuery query, String token) {
		return new ConsulRegistry(ConsulSettings.builder(agent.endpoint()).query(query).token(token).build(),
				DiscoveryObserver.NONE);
	}

	private static WatchStatus status(ConsulRegistry registry) {
		return registry.watches().get(0);
	}

	private static long since(long start) {
		return Duration.ofNanos(System.nanoTime() - start).toMillis();
	}

	/** How an agent knows of changes. */
	enum Backend {

		/** By default: by streaming since Consul 1.10. */
		DEFAULT,

		/** By asking its servers, as told by its configuration. */
		ASKING,

		/** By asking its servers, since the query wants it. */
		NEAR;

		ConsulAgentBuilder agent() {
			boolean streams = RegistryBinaries.consulVersion().compareTo(Runtime.Version.parse("1.10")) >= 0;
			ConsulAgentBuilder agent = ConsulAgent.builder();
			return (this == ASKING && streams) ? agent.config("use_streaming_backend = false") : agent;
		}

		ConsulQuery query() {
			return (this == NEAR) ? ConsulQuery.builder().near("_agent").build() : ConsulQuery.DEFAULT;
		}

	}

}
