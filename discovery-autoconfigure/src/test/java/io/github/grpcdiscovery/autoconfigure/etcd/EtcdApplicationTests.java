package io.github.grpcdiscovery.autoconfigure.etcd;

import net.devh.boot.grpc.server.config.GrpcServerProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.autoconfigure.NetDevhApplication;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.FreePorts;

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

	@Test
	void keyAndValueAreThoseOfEtcdNamingAndGoWithTheServer() {
		String endpoints = "--grpc.discovery.etcd.endpoints=" + etcd.endpoint();
		try (ConfigurableApplicationContext client = NetDevhApplication.client(endpoints);
				ConfigurableApplicationContext one = NetDevhApplication.server("one", endpoints,
						"--grpc.discovery.registration.fail-fast=true")) {
			String address = "127.0.0.1:" + one.getBean(GrpcServerProperties.class).getPort();
			assertThat(etcd.get("echo/")).containsOnlyKeys("echo/" + address)
				.hasEntrySatisfying("echo/" + address, (value) -> assertThat(value)
					.startsWith("{\"Op\":0,\"Addr\":\"" + address + "\",\"Metadata\":"));
			assertThat(NetDevhApplication.answers(client)).containsExactly("one");
		}
		assertThat(etcd.get("echo/")).isEmpty();
		assertThat(etcd.leases()).isEmpty();
	}

	@Test
	void startsAndServesWithoutEtcdAndRegistersWhenItIsThere() {
		try (EtcdServer late = EtcdServer.builder().port(FreePorts.next()).build()) {
			try (ConfigurableApplicationContext one = NetDevhApplication.server("one",
					"--grpc.discovery.etcd.endpoints=" + late.endpoint())) {
				assertThat(one.isActive()).isTrue();
				late.start();
				Conditions.eventually(() -> assertThat(late.get("echo/")).hasSize(1));
			}
		}
	}

	@Test
	void doesNotStartWithoutEtcdIfToldSoAndNamesTheEndpointButNoPassword() {
		String endpoint = "http://127.0.0.1:" + FreePorts.next();
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> NetDevhApplication.server("one", "--grpc.discovery.etcd.endpoints=" + endpoint,
					"--grpc.discovery.etcd.user=me", "--grpc.discovery.etcd.password=s3cret",
					"--grpc.discovery.registration.fail-fast=true",
					"--grpc.discovery.registration.fail-fast-timeout=500ms"))
			.withStackTraceContaining("could not be registered in etcd (" + endpoint + ") within PT0.5S: ")
			.satisfies((ex) -> assertThat(ex).asString().doesNotContain("s3cret"));
	}

}
