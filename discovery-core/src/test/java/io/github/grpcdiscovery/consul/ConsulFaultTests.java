package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.consul.ConsulStub.Reply;
import io.github.grpcdiscovery.consul.ConsulStub.Request;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With the defaults, as users have them: a server that works is in the list of whoever
 * knew it, all the time, and in the agent's within five seconds of the agent's return.
 */
@Timeout(600)
class ConsulFaultTests {

	// five seconds, one for the agent to say so, and what a busy machine takes
	private static final Duration BACK = Duration.ofSeconds(15);

	private final RecordingListener listener = new RecordingListener();

	private final List<ConsulRegistry> registries = new ArrayList<>();

	private Server server;

	private ServiceInstance instance;

	@BeforeEach
	void startServer() throws IOException {
		this.server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
			.addService(new HealthStatusManager().getHealthService())
			.build()
			.start();
		this.instance = ServiceInstance.of("orders", "127.0.0.1", this.server.getPort());
	}

	@AfterEach
	void close() {
		this.registries.forEach(ConsulRegistry::close);
		this.server.shutdownNow();
		this.listener.assertPromisesKept();
	}

	@ParameterizedTest
	@EnumSource(value = ConsulCheck.Kind.class, names = { "GRPC", "TTL" })
	@Proves("F31")
	void agentThatIsKilledAndForgets(ConsulCheck.Kind check) {
		try (ConsulAgent agent = ConsulAgent.started()) {
			registerAndFollow(agent, check);
			agent.kill();
			contactIsLost();
			agent.start();
			isBackAndWasNeverLost(agent);
		}
	}

	@ParameterizedTest
	@EnumSource(value = ConsulCheck.Kind.class, names = { "GRPC", "TTL" })
	@Proves("F30")
	void agentThatIsKilledAndRemembers(ConsulCheck.Kind check) {
		try (ConsulAgent agent = ConsulAgent.builder().persistent().start()) {
			registerAndFollow(agent, check);
			agent.kill();
			contactIsLost();
			agent.start();
			isBackAndWasNeverLost(agent);
		}
	}

	@ParameterizedTest
	@EnumSource(value = ConsulCheck.Kind.class, names = { "GRPC", "TTL" })
	@Proves("F32")
	void agentThatLeavesAndComesBack(ConsulCheck.Kind check) {
		try (ConsulAgent agent = ConsulAgent.builder().persistent().start()) {
			registerAndFollow(agent, check);
			agent.leave();
			contactIsLost();
			agent.start();
			isBackAndWasNeverLost(agent);
		}
	}

	@Test
	@Proves("F35")
	void agentThatTakesNoMoreConnections() throws IOException {
		try (ConsulAgent agent = ConsulAgent.started()) {
			registerAndFollow(agent, ConsulCheck.Kind.TTL);
			List<Socket> idle = new ArrayList<>();
			// what an agent takes from one address unless told
			for (int i = 0; i < 200; i++) {
				idle.add(new Socket(InetAddress.getLoopbackAddress(), agent.httpPort()));
			}
			ConsulRegistry late = open(settings(agent, ConsulCheck.Kind.TTL));
			Registration registration = late.registrar().register(ServiceInstance.of("carts", "127.0.0.1", 9001));
			Conditions.eventually(() -> assertThat(registration.status().lastError()).isNotNull());
			assertThat(registration.status().state()).isEqualTo(State.REGISTERING);
			for (Socket socket : idle) {
				socket.close();
			}
			assertThat(registration.registered()).succeedsWithin(Conditions.scaled(BACK));
			isBackAndWasNeverLost(agent);
		}
	}

	@Test
	@Proves("F36")
	void agentThatHangs() {
		try (ConsulAgent agent = ConsulAgent.started()) {
			ConsulSettings settings = settings(agent, ConsulCheck.Kind.GRPC).toBuilder()
				.query(ConsulQuery.builder().maxWait(Duration.ofSeconds(1)).build())
				.requestTimeout(Duration.ofSeconds(1))
				.build();
			registerAndFollow(settings);
			agent.pause();
			contactIsLost();
			ConsulRegistry other = open(settings);
			other.registrar().register(ServiceInstance.of("carts", "127.0.0.1", 9001));
			assertThat(CompletableFuture.runAsync(other::close)).as("an agent that hangs keeps nobody from closing")
				.succeedsWithin(Conditions.scaled(Duration.ofSeconds(20)));
			agent.resume();
			isBackAndWasNeverLost(agent);
		}
	}

	@Test
	void agentThatIsBusy() {
		try (ConsulStub agent = new ConsulStub()) {
			agent.reply(ConsulFaultTests::answer);
			long began = System.nanoTime();
			ConsulRegistry registry = open(ConsulSettings.builder(agent.uri())
				.check(ConsulCheck.builder().kind(ConsulCheck.Kind.NONE).build())
				.auditInterval(Duration.ofMillis(500))
				.query(ConsulQuery.builder().maxWait(Duration.ofSeconds(1)).build())
				.build());
			Registration registration = registry.registrar().register(this.instance);
			assertThat(registration.registered()).succeedsWithin(Conditions.scaled(BACK));
			registry.discovery().watch("orders", this.listener);
			Conditions.eventually(() -> assertThat(this.listener.last()).hasSize(1));
			agent.reply((request) -> Reply.of(429, "Your IP is issuing too many concurrent connections"));
			contactIsLost();
			Conditions.eventually(() -> assertThat(registration.status().lastError()).contains("status 429"));
			long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
			assertThat(agent.requests().size()).as("no storm in %d s", seconds).isLessThan(60 + 5 * (int) seconds);
			agent.reply(ConsulFaultTests::answer);
			Conditions.await(BACK)
				.untilAsserted(() -> assertThat(registration.status().state()).isEqualTo(State.REGISTERED));
			Conditions.eventually(() -> assertThat(registry.watches().get(0).connected()).isTrue());
			assertThat(this.listener.lists()).as("never changed").hasSize(1);
		}
	}

	private static Reply answer(Request request) {
		if (request.uri().startsWith("/v1/agent/service/register")) {
			return Reply.of(200, "");
		}
		if (request.uri().startsWith("/v1/agent/service/")) {
			return Reply.of(404, "unknown service ID");
		}
		return Reply.json("""
				[{"Node":{"Address":"127.0.0.1"},"Checks":[],"Service":{"ID":"a","Service":"orders",\
				"Address":"127.0.0.1","Port":9001}}]""");
	}

	private void registerAndFollow(ConsulAgent agent, ConsulCheck.Kind check) {
		registerAndFollow(settings(agent, check));
	}

	private void registerAndFollow(ConsulSettings settings) {
		Registration registration = open(settings).registrar().register(this.instance);
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		open(settings).discovery().watch("orders", this.listener);
		Conditions.eventually(() -> assertThat(this.listener.last()).containsExactly(this.instance));
	}

	private static ConsulSettings settings(ConsulAgent agent, ConsulCheck.Kind check) {
		return ConsulSettings.builder(agent.endpoint()).check(ConsulCheck.builder().kind(check).build()).build();
	}

	private ConsulRegistry open(ConsulSettings settings) {
		ConsulRegistry registry = new ConsulRegistry(settings, DiscoveryObserver.NONE);
		this.registries.add(registry);
		return registry;
	}

	private void contactIsLost() {
		Conditions.await(Duration.ofSeconds(60))
			.until(() -> this.registries.stream()
				.flatMap((registry) -> registry.watches().stream())
				.noneMatch((watch) -> watch.connected()));
	}

	private void isBackAndWasNeverLost(ConsulAgent agent) {
		// the catalog may still be that of the time before; an agent that has started
		// again first sets it to critical
		Conditions.await(BACK.plusSeconds(9))
			.untilAsserted(
					() -> assertThat(agent.get("/v1/agent/checks")).contains("passing").doesNotContain("critical"));
		Conditions.await(BACK)
			.untilAsserted(() -> assertThat(agent.get("/v1/health/service/orders?passing"))
				.contains("\"" + ConsulIds.of(this.instance) + "\""));
		Conditions.await(Duration.ofSeconds(60))
			.until(() -> this.registries.stream()
				.flatMap((registry) -> registry.watches().stream())
				.allMatch((watch) -> watch.connected()));
		assertThat(this.listener.lists()).as("never lost").allMatch((list) -> list.contains(this.instance));
		isTrustedAgain(agent);
	}

	// while there is doubt, what an agent does not list stays in the list
	private void isTrustedAgain(ConsulAgent agent) {
		agent.put("/v1/agent/service/register", """
				{"ID":"guest","Name":"orders","Address":"127.0.0.1","Port":9999}""");
		Conditions.eventually(() -> assertThat(this.listener.last()).hasSize(2));
		agent.put("/v1/agent/service/deregister/guest");
		Conditions.await(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(this.listener.last()).containsExactly(this.instance));
	}

}
