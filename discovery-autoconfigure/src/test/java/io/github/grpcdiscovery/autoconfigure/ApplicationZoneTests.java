package io.github.grpcdiscovery.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class ApplicationZoneTests {

	private final MockEnvironment environment = new MockEnvironment();

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "grpc.discovery.registration.zone | eu-1a", "AVAILABILITY_ZONE | eu-1a",
					"EC2_AVAILABILITY_ZONE | ' eu-1a '", "spring.cloud.loadbalancer.zone | eu-1a",
					"OTEL_RESOURCE_ATTRIBUTES | service.name=orders, cloud.availability_zone=eu-1a,a=b" })
	void zoneIsWhatTheEnvironmentSays(String name, String value) {
		this.environment.setProperty(name, value);
		assertThat(ApplicationZone.of(this.environment)).isEqualTo("eu-1a");
	}

	@Test
	void ownPropertyWinsAlsoWhenItIsEmpty() {
		this.environment.setProperty("AVAILABILITY_ZONE", "eu-1b");
		this.environment.setProperty("grpc.discovery.registration.zone", "eu-1a");
		assertThat(ApplicationZone.of(this.environment)).isEqualTo("eu-1a");
		this.environment.setProperty("grpc.discovery.registration.zone", "");
		assertThat(ApplicationZone.of(this.environment)).isNull();
	}

	@Test
	void nothingSaysIt() {
		this.environment.setProperty("AVAILABILITY_ZONE", " ");
		this.environment.setProperty("OTEL_RESOURCE_ATTRIBUTES", "=,cloud.availability_zone=,x");
		assertThat(ApplicationZone.of(this.environment)).isNull();
	}

}
