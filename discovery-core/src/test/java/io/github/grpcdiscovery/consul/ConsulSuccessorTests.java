package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An instance id of its own, on another address: after a process that was killed, and
 * beside one that lives.
 */
@Timeout(600)
class ConsulSuccessorTests {

	/** Half of what it takes until a check becomes critical. */
	private static final Duration AT_ONCE = Duration.ofSeconds(15);

	private static final ConsulCheck SLOW = ConsulCheck.builder()
		.interval(Duration.ofSeconds(30))
		.timeout(Duration.ofSeconds(2))
		.ttl(Duration.ofSeconds(30))
		.build();

	private static ConsulAgent agent;

	private final List<AutoCloseable> open = new ArrayList<>();

	private final String id = "shard-" + Long.toString(System.nanoTime(), 36);

	@BeforeAll
	static void startAgent() {
		agent = ConsulAgent.started();
	}

	@AfterAll
	static void stopAgent() {
		agent.close();
	}

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
	}

	@ParameterizedTest
	@EnumSource(ConsulCheck.Kind.class)
	@Proves("F67")
	void successorOfAKilledProcessIsRegisteredAtOnce(ConsulCheck.Kind check) throws IOException {
		killed(check);
		try (CapturedLog log = new CapturedLog("io.github.grpcdiscovery")) {
			Server server = server();
			Registration successor = registry(agent.httpPort(), check).registrar().register(instance(server));
			assertThat(successor.registered()).succeedsWithin(Conditions.scaled(AT_ONCE));
			assertThat(successor.status().registrations()).isEqualTo(1);
			assertThat(held()).containsEntry("Port", server.getPort());
			// of the successor, which reaches the agent by another port than the killed
			// one
			assertThat(log.warnings()).noneMatch((line) -> line.contains(agent.endpoint().toString()));
		}
	}

	@ParameterizedTest
	@EnumSource(ConsulCheck.Kind.class)
	@Proves("F67")
	void processThatLivesIsAConflict(ConsulCheck.Kind check) throws IOException {
		Server first = server();
		Registration registration = registry(agent.httpPort(), check).registrar().register(instance(first));
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		Registration second = registry(agent.httpPort(), check).registrar().register(instance(server()));
		assertThat(second.registered()).failsWithin(Conditions.scaled(AT_ONCE))
			.withThrowableThat()
			.withCauseInstanceOf(RegistrationConflictException.class);
		assertThat(held()).containsEntry("Port", first.getPort());
	}

	@ParameterizedTest
	@EnumSource(ConsulCheck.Kind.class)
	@Proves("F67")
	void ofTwoSuccessorsOneIsRegisteredAndTheOtherHasAConflict(ConsulCheck.Kind check) throws IOException {
		killed(check);
		List<Registration> successors = new ArrayList<>();
		for (Server server : List.of(server(), server())) {
			successors.add(registry(agent.httpPort(), check).registrar().register(instance(server)));
		}
		Conditions.eventually(() -> assertThat(successors).extracting((each) -> each.status().state())
			.containsExactlyInAnyOrder(State.REGISTERED, State.CONFLICT));
		Registration registered = successors.stream()
			.filter((each) -> each.status().state() == State.REGISTERED)
			.findFirst()
			.orElseThrow();
		assertThat(held()).containsEntry("Port", registered.status().instance().port());
		assertThat(successors).as("nobody was registered in vain")
			.extracting((each) -> each.status().registrations())
			.containsExactlyInAnyOrder(0L, 1L);
	}

	// as by kill -9: nobody listens, nobody says so to the agent
	private void killed(ConsulCheck.Kind check) throws IOException {
		Server server = server();
		TcpProxy proxy = TcpProxy.to(agent.httpPort());
		this.open.add(proxy);
		Registration registration = registry(proxy.port(), check).registrar().register(instance(server));
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		proxy.refuse();
		proxy.cut();
		server.shutdownNow();
		Conditions.eventually(() -> assertThat(server.isTerminated()).isTrue());
	}

	private Server server() throws IOException {
		Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
			.addService(new HealthStatusManager().getHealthService())
			.build()
			.start();
		this.open.add(server::shutdownNow);
		return server;
	}

	private ConsulRegistry registry(int port, ConsulCheck.Kind check) {
		ConsulRegistry registry = new ConsulRegistry(
				ConsulSettings.builder(agent.endpoint().resolve("http://127.0.0.1:" + port))
					.check(SLOW.toBuilder().kind(check).build())
					.build(),
				DiscoveryObserver.NONE);
		this.open.add(0, registry);
		return registry;
	}

	private ServiceInstance instance(Server server) {
		return ServiceInstance.builder("orders", "127.0.0.1", server.getPort()).id(this.id).build();
	}

	private Map<String, Object> held() {
		return Json.asObject(Json.read(agent.get("/v1/agent/service/orders_" + this.id)));
	}

}
