package io.github.grpcdiscovery.autoconfigure.consul;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class SpringCloudMetadataPostProcessorTests {

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void portIsThereAlsoWhereNothingOfOursIsSet() {
		assertThat(metadata()).isEqualTo(Map.of("gRPC_port", "9090"));
		this.environment.setProperty("grpc.server.port", "7000");
		assertThat(metadata()).isEqualTo(Map.of("gRPC_port", "7000"));
	}

	@Test
	void entryOfOursDecidesWhereThereIsOne() {
		this.environment.setProperty("spring.application.name", "orders");
		this.environment.setProperty("grpc.discovery.consul.host", "127.0.0.1");
		this.environment.setProperty("grpc.server.port", "0");
		assertThat(metadata()).isEqualTo(Map.of("grpc-discovery-beside", "orders"));
		this.environment.setProperty("grpc.discovery.registration.enabled", "false");
		assertThat(metadata()).isEmpty();
	}

	@Test
	void whatTheUserSetsWins() {
		this.environment.setProperty("spring.cloud.consul.discovery.metadata.gRPC_port", "1234");
		this.environment.setProperty("spring.cloud.consul.discovery.metadata.team", "x");
		assertThat(metadata()).isEqualTo(Map.of("gRPC_port", "1234", "team", "x"));
	}

	@Test
	void whatIsNotKnownYetDoesNotEndTheStart() {
		this.environment.setProperty("grpc.server.port", "${read.later}");
		this.environment.setProperty("spring.application.name", "${read.later}");
		this.environment.setProperty("grpc.discovery.consul.host", "127.0.0.1");
		new SpringCloudMetadataPostProcessor((name) -> true).postProcessEnvironment(this.environment,
				new SpringApplication());
		this.environment.setProperty("read.later", "orders");
		assertThat(bound()).isEqualTo(Map.of("grpc-discovery-beside", "orders"));
	}

	@Test
	void nothingIsTouchedWithoutSpringCloudConsul() {
		new SpringCloudMetadataPostProcessor().postProcessEnvironment(this.environment, new SpringApplication());
		assertThat(bound()).isEmpty();
	}

	private Map<String, String> metadata() {
		this.environment.getPropertySources().remove("grpcDiscoverySpringCloud");
		new SpringCloudMetadataPostProcessor((name) -> true).postProcessEnvironment(this.environment,
				new SpringApplication());
		return bound();
	}

	private Map<String, String> bound() {
		return Binder.get(this.environment)
			.bind("spring.cloud.consul.discovery.metadata", Bindable.mapOf(String.class, String.class))
			.orElse(Map.of());
	}

}
