package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(600)
class ConsulHealthCheckTests {

	private static ConsulAgent agent;

	private final HealthStatusManager health = new HealthStatusManager();

	private final RecordingListener listener = new RecordingListener();

	private Server server;

	private ConsulRegistry registry;

	private ServiceInstance instance;

	@BeforeAll
	static void startAgent() {
		agent = ConsulAgent.started();
	}

	@AfterAll
	static void stopAgent() {
		agent.close();
	}

	@BeforeEach
	void startServer() throws IOException {
		this.server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
			.addService(this.health.getHealthService())
			.build()
			.start();
		this.registry = new ConsulRegistry(ConsulSettings.builder(agent.endpoint())
			.check(ConsulCheck.builder()
				.interval(Duration.ofSeconds(1))
				.timeout(Duration.ofSeconds(10))
				.services(List.of("orders.Orders"))
				.build())
			.build(), DiscoveryObserver.NONE);
		this.instance = ServiceInstance.builder("orders", "127.0.0.1", this.server.getPort())
			.id("127.0.0.1:" + this.server.getPort())
			.weight(250)
			.zone("a")
			.version("1.2.0")
			.tags(List.of("canary"))
			.metadata(Map.of("team", "x"))
			.build();
		this.health.setStatus("orders.Orders", ServingStatus.SERVING);
	}

	@AfterEach
	void stopServer() {
		this.registry.close();
		this.server.shutdownNow();
	}

	@Test
	void registrationStandsInConsulAsOthersReadIt() {
		registerAndFollow();
		String id = "orders-127.0.0.1-" + this.instance.port();
		Map<String, Object> service = Json.asObject(Json.read(agent.get("/v1/agent/service/" + id)));
		assertThat(service).containsEntry("ID", id)
			.containsEntry("Service", "orders")
			.containsEntry("Address", "127.0.0.1")
			.containsEntry("Port", this.instance.port())
			.containsEntry("Tags", List.of("canary", "version=1.2.0"))
			.containsEntry("Weights", Map.of("Passing", 250, "Warning", 1))
			.containsEntry("EnableTagOverride", false);
		assertThat(Json.asObject(service.get("Meta"))).containsEntry("gRPC_port", "" + this.instance.port())
			.containsEntry("version", "1.2.0")
			.containsEntry("zone", "a")
			.containsEntry("weight", "250")
			.containsEntry("team", "x");
		assertThat(Json.asObject(Json.asObject(service.get("TaggedAddresses")).get("grpc")))
			.isEqualTo(Map.of("Address", "grpc://127.0.0.1:" + this.instance.port(), "Port", this.instance.port()));
		assertThat(statuses()).containsOnlyKeys("service:" + id, "service:" + id + ":orders.Orders")
			.containsValue("passing");
	}

	@Test
	void agentProbesTheServer() {
		registerAndFollow();
		// only a probe of the agent puts text there
		Conditions.await(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(agent.get("/v1/agent/checks")).contains("gRPC check 127.0.0.1:"));
		Conditions.eventually(() -> assertThat(statuses()).containsValue("passing").doesNotContainValue("critical"));
		this.health.setStatus("orders.Orders", ServingStatus.NOT_SERVING);
		Conditions.eventually(() -> assertThat(this.listener.last()).isEmpty());
		assertThat(this.registry.watches()).singleElement()
			.satisfies((watch) -> assertThat(watch.unhealthy()).hasEntrySatisfying(this.instance.address(),
					(reason) -> assertThat(reason)
						.startsWith("critical by the check 'gRPC health of orders.Orders' (")));
		this.health.setStatus("orders.Orders", ServingStatus.SERVING);
		Conditions.eventually(() -> assertThat(this.listener.last()).containsExactly(this.instance));
	}

	@Test
	@Proves("F71")
	void probeThatDoesNotReachTheOnlyInstanceDoesNotTakeItOut() throws IOException {
		Server probed = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
			.addService(this.health.getHealthService())
			.build()
			.start();
		RecordingListener failing = new RecordingListener();
		agent.put("/v1/agent/service/register", """
				{"ID":"unreached","Name":"unreached","Address":"127.0.0.1","Port":%d,
				"Check":{"GRPC":"127.0.0.1:%d","Interval":"1s","Status":"passing"}}""".formatted(this.instance.port(),
				probed.getPort()));
		this.registry.discovery(ConsulQuery.builder().failTrafficOnPanic(true).build()).watch("unreached", failing);
		this.registry.discovery().watch("unreached", this.listener);
		Conditions.eventually(() -> assertThat(this.listener.last()).hasSize(1));
		Conditions.eventually(() -> assertThat(failing.last()).hasSize(1));
		probed.shutdownNow();
		Conditions.eventually(() -> assertThat(failing.last()).isEmpty());
		Conditions
			.eventually(() -> assertThat(this.registry.watches()).anyMatch((watch) -> watch.unconfirmed().size() == 1));
		assertThat(this.listener.last()).hasSize(1);
		agent.put("/v1/agent/service/deregister/unreached");
	}

	@Test
	void warningOfTheNodeTakesNobodyOutAsInDns() {
		registerAndFollow();
		RecordingListener passing = new RecordingListener();
		this.registry.discovery(ConsulQuery.builder().passingOnly(true).build()).watch("orders", passing);
		Conditions.eventually(() -> assertThat(passing.last()).contains(this.instance));
		agent.put("/v1/agent/check/register", """
				{"ID":"disk","Name":"disk","TTL":"1h","Status":"warning"}""");
		Conditions.eventually(() -> assertThat(agent.get("/v1/health/service/orders")).contains("disk"));
		// its entry comes after the warning, so the list has seen both
		agent.put("/v1/agent/service/register", """
				{"ID":"later","Name":"orders","Address":"127.0.0.2","Port":9}""");
		Conditions.eventually(() -> assertThat(this.listener.last()).contains(this.instance).hasSize(2));
		assertThat(passing.last()).extracting(ServiceInstance::port).doesNotContain(9);
		agent.put("/v1/agent/check/deregister/disk");
		agent.put("/v1/agent/service/deregister/later");
	}

	@Test
	void serverThatDiesIsTakenOut() {
		ServiceInstance other = ServiceInstance.of("orders", "127.0.0.2", this.instance.port());
		agent.put("/v1/agent/service/register", """
				{"ID":"other","Name":"orders","Address":"127.0.0.2","Port":%d}""".formatted(other.port()));
		registerAndFollow();
		Conditions.eventually(() -> assertThat(this.listener.last()).hasSize(2));
		this.server.shutdownNow();
		Conditions.await(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(this.listener.last()).hasSize(1));
		agent.put("/v1/agent/service/deregister/other");
	}

	@Test
	void maintenanceTakesTheInstanceOutAndPutsItBack() {
		Registration registration = registerAndFollow();
		assertThat(this.registry.maintenance("disk is full")).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		Conditions.eventually(() -> assertThat(this.listener.last()).isEmpty());
		agent.put("/v1/agent/service/deregister/" + ConsulIds.of(this.instance));
		Conditions.await(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(registration.status().registrations()).isEqualTo(2));
		assertThat(this.listener.last()).isEmpty();
		assertThat(this.registry.maintenance(null)).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		Conditions.eventually(() -> assertThat(this.listener.last()).containsExactly(this.instance));
	}

	private Registration registerAndFollow() {
		Registration registration = this.registry.registrar().register(this.instance);
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		this.registry.discovery().watch("orders", this.listener);
		Conditions.eventually(() -> assertThat(this.listener.last()).contains(this.instance));
		return registration;
	}

	private Map<String, Object> statuses() {
		Map<String, Object> statuses = new TreeMap<>();
		Json.asObject(Json.read(agent.get("/v1/agent/checks")))
			.forEach((id, check) -> statuses.put(id, Json.asObject(check).get("Status")));
		return statuses;
	}

}
