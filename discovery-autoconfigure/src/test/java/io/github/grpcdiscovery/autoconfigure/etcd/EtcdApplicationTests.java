package io.github.grpcdiscovery.autoconfigure.etcd;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.autoconfigure.GrpcStack;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.FreePorts;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whole applications on a real etcd.
 */
class EtcdApplicationTests {

	private static EtcdServer etcd;

	@BeforeAll
	static void start() {
		etcd = EtcdServer.started();
	}

	@AfterAll
	static void stop() {
		etcd.close();
	}

	@ParameterizedTest
	@EnumSource
	void keyAndValueAreThoseOfEtcdNamingAndGoWithTheServer(GrpcStack stack) {
		String endpoints = "grpc.discovery.etcd.endpoints=" + etcd.endpoint();
		try (ConfigurableApplicationContext client = stack.client().with(endpoints).run();
				ConfigurableApplicationContext one = stack.server("one")
					.with(endpoints, "grpc.discovery.registration.fail-fast=true")
					.run()) {
			assertThat(one.isActive()).isTrue();
			assertThat(etcd.get("echo/")).hasSize(1).allSatisfy((key, value) -> {
				assertThat(key).startsWith("echo/127.0.0.1:");
				assertThat(value)
					.startsWith("{\"Op\":0,\"Addr\":\"" + key.substring("echo/".length()) + "\",\"Metadata\":");
			});
			assertThat(GrpcStack.answers(client)).containsExactly("one");
		}
		assertThat(etcd.get("echo/")).isEmpty();
		assertThat(etcd.leases()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	@Proves("F1")
	void startsAndServesWithoutEtcdAndRegistersWhenItIsThere(GrpcStack stack) {
		try (EtcdServer late = EtcdServer.builder().port(FreePorts.next()).build()) {
			try (ConfigurableApplicationContext one = stack.server("one")
				.with("grpc.discovery.etcd.endpoints=" + late.endpoint())
				.run()) {
				assertThat(one.isActive()).isTrue();
				late.start();
				Conditions.eventually(() -> assertThat(late.get("echo/")).hasSize(1));
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	@Proves("F2")
	void doesNotStartWithoutEtcdIfToldSoAndNamesTheEndpointButNoPassword(GrpcStack stack) {
		String endpoint = "http://127.0.0.1:" + FreePorts.next();
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> stack.server("one")
				.with("grpc.discovery.etcd.endpoints=" + endpoint, "grpc.discovery.etcd.user=me",
						"grpc.discovery.etcd.password=s3cret", "grpc.discovery.registration.fail-fast=true",
						"grpc.discovery.registration.fail-fast-timeout=500ms")
				.run())
			.withStackTraceContaining("could not be registered in etcd (" + endpoint + ") within 500ms: ")
			.satisfies((ex) -> assertThat(ex).asString().doesNotContain("s3cret"));
	}

}
