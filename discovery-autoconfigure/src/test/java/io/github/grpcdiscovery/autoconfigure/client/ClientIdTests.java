package io.github.grpcdiscovery.autoconfigure.client;

import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class ClientIdTests {

	@Test
	void isTheSameAfterARestartAndAnotherOneForEachCopy() {
		assertThat(ClientId.of(application("9090"))).isEqualTo(ClientId.of(application("9090")))
			.isNotEqualTo(ClientId.of(application("9091")));
	}

	@Test
	void nameOfTheInstanceCountsOnEveryMachine() {
		MockEnvironment environment = application("0").withProperty("grpc.discovery.registration.instance-id", "a-1");
		assertThat(ClientId.of(environment)).isEqualTo("orders/a-1/0//");
	}

	private static MockEnvironment application(String port) {
		return new MockEnvironment().withProperty("spring.application.name", "orders")
			.withProperty("grpc.server.port", port);
	}

}
