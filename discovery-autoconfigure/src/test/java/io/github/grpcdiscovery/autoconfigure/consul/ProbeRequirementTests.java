package io.github.grpcdiscovery.autoconfigure.consul;

import java.util.Set;

import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

import io.github.grpcdiscovery.autoconfigure.server.RunningServer;
import io.github.grpcdiscovery.autoconfigure.server.ServerTransport;
import io.github.grpcdiscovery.consul.ConsulCheck;

import static org.assertj.core.api.Assertions.assertThat;

class ProbeRequirementTests {

	private static final RunningServer WITH_HEALTH = new RunningServer(9090, "*",
			Set.of("echo.Echo", "grpc.health.v1.Health"));

	private static final RunningServer WITHOUT = new RunningServer(9090, "*", Set.of("echo.Echo"));

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void serverWithAHealthServiceLacksNothing() {
		assertThat(missing(ConsulCheck.Kind.GRPC, WITH_HEALTH)).isNull();
	}

	@Test
	void serverWithoutAHealthServiceIsToldWhatToAdd() {
		assertThat(missing(ConsulCheck.Kind.GRPC, WITHOUT)).startsWith(
				"The gRPC server on port 9090 has no service grpc.health.v1.Health, so each probe of Consul's agent fails")
			.contains("io.grpc:grpc-services", "grpc.server.health-service-enabled",
					"spring.grpc.server.health.enabled", "grpc.discovery.consul.check.kind=ttl");
	}

	@Test
	void serverThatIsNotProbedLacksNothing() {
		assertThat(missing(ConsulCheck.Kind.TTL, WITHOUT)).isNull();
		assertThat(missing(ConsulCheck.Kind.NONE, WITHOUT)).isNull();
	}

	@Test
	void serverThatWantsACertificateOfItsClientsIsTold() {
		this.environment.setProperty("grpc.server.security.client-auth", "REQUIRE");
		assertThat(missing(ConsulCheck.Kind.GRPC, WITH_HEALTH)).isNull();
		this.environment.setProperty("grpc.server.security.enabled", "true");
		assertThat(missing(ConsulCheck.Kind.GRPC, WITH_HEALTH)).contains("refuses clients without a certificate");
		this.environment.setProperty("grpc.server.security.client-auth", "OPTIONAL");
		assertThat(missing(ConsulCheck.Kind.GRPC, WITH_HEALTH)).isNull();
		this.environment.setProperty("spring.grpc.server.ssl.bundle", "mine");
		this.environment.setProperty("spring.grpc.server.ssl.client-auth", "require");
		assertThat(missing(ConsulCheck.Kind.GRPC, WITH_HEALTH)).contains("refuses clients without a certificate");
	}

	private String missing(ConsulCheck.Kind kind, RunningServer server) {
		return new ProbeRequirement(ConsulCheck.builder().kind(kind).build(), ServerTransport.of(this.environment))
			.missing(server);
	}

}
