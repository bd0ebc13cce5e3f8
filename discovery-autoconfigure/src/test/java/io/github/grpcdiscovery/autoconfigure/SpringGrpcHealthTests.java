package io.github.grpcdiscovery.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import org.junit.jupiter.api.Test;
import org.springframework.boot.grpc.server.health.GrpcServerHealth;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.RegistryException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With the actuator, Spring Boot's gRPC health service says what the health contributors
 * say.
 */
class SpringGrpcHealthTests {

	private final FakeRegistry registry = new FakeRegistry("fake");

	@Test
	void outageOfTheRegistryDoesNotStopTheServing() {
		this.registry.failing(new RegistryException("fake is away", null));
		try (ConfigurableApplicationContext server = run()) {
			assertThat(server.getBean("grpcDiscoveryHealthIndicator", HealthIndicator.class).health().getStatus())
				.isEqualTo(new Status("DEGRADED"));
			assertThat(written(server)).containsEntry("", ServingStatus.SERVING);
		}
	}

	@Test
	void whatIsWrittenWhileItLeavesIsThatItLeaves() {
		try (ConfigurableApplicationContext server = run()) {
			assertThat(written(server)).containsEntry("", ServingStatus.SERVING);
			this.registry.onDeregister(() -> {
				server.getBean(GrpcServerHealth.class).update(server.getBean(HealthStatusManager.class));
				this.registry.record(String.valueOf(written(server).get("")));
			});
			server.stop();
			assertThat(this.registry.events()).endsWith("NOT_SERVING");
			server.start();
			assertThat(written(server)).containsEntry("", ServingStatus.SERVING);
		}
	}

	private ConfigurableApplicationContext run() {
		return GrpcStack.SPRING_BOOT.server("one")
			.on(this.registry)
			.context((context) -> context.registerBean("ownHealthIndicator", HealthIndicator.class,
					() -> () -> Health.up().build()))
			.with("spring.grpc.server.health.schedule.enabled=false")
			.run();
	}

	private static Map<String, ServingStatus> written(ConfigurableApplicationContext server) {
		Map<String, ServingStatus> written = new ConcurrentHashMap<>();
		server.getBean(GrpcServerHealth.class).update(written::put);
		return written;
	}

}
