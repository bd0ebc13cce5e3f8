package io.github.grpcdiscovery.autoconfigure.consul;

import net.devh.boot.grpc.server.config.GrpcServerProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.autoconfigure.FailureAnalyses;
import io.github.grpcdiscovery.autoconfigure.NetDevhApplication;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.EtcdServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Whole applications on a real agent.
 */
class ConsulApplicationTests {

	private static ConsulAgent consul;

	@BeforeAll
	static void start() {
		consul = ConsulAgent.started();
	}

	@AfterAll
	static void stop() {
		consul.close();
	}

	@Test
	void theServerIsRegisteredWithItsAgentAndGoesWithIt() {
		try (ConfigurableApplicationContext client = NetDevhApplication.client(port(), host());
				ConfigurableApplicationContext one = NetDevhApplication.server("one", port(), host(),
						"--grpc.discovery.registration.fail-fast=true")) {
			int port = one.getBean(GrpcServerProperties.class).getPort();
			assertThat(consul.get("/v1/agent/services")).contains("\"echo\"").contains(String.valueOf(port));
			assertThat(NetDevhApplication.answers(client)).containsExactly("one");
		}
		assertThat(consul.get("/v1/agent/services")).doesNotContain("\"echo\"");
	}

	@Test
	void aServerInTwoRegistriesIsFoundInEitherAndInBoth() {
		try (EtcdServer etcd = EtcdServer.started()) {
			String endpoints = "--grpc.discovery.etcd.endpoints=" + etcd.endpoint();
			String both = "--grpc.discovery.registry=etcd,consul";
			try (ConfigurableApplicationContext one = NetDevhApplication.server("one", endpoints, port(), host(), both,
					"--grpc.discovery.registration.fail-fast=true");
					ConfigurableApplicationContext inBoth = NetDevhApplication.client(endpoints, port(), host(), both);
					ConfigurableApplicationContext inConsul = NetDevhApplication.client(port(), host());
					ConfigurableApplicationContext inEtcd = NetDevhApplication.client(endpoints)) {
				assertThat(NetDevhApplication.answers(inBoth)).containsExactly("one");
				assertThat(NetDevhApplication.answers(inConsul)).containsExactly("one");
				assertThat(NetDevhApplication.answers(inEtcd)).containsExactly("one");
				etcd.kill();
				assertThat(NetDevhApplication.answers(inBoth)).containsExactly("one");
			}
		}
	}

	@Test
	void aTargetSaysWhichInstancesItMeans() {
		try (ConsulAgent other = ConsulAgent.started();
				ConfigurableApplicationContext one = NetDevhApplication.server("one", port(), host(),
						"--grpc.discovery.registration.tags=v1", "--grpc.discovery.registration.fail-fast=true");
				ConfigurableApplicationContext two = NetDevhApplication.server("two", port(), host(),
						"--grpc.discovery.registration.tags=v2", "--grpc.discovery.registration.fail-fast=true");
				ConfigurableApplicationContext three = NetDevhApplication.server("three",
						"--grpc.discovery.consul.port=" + other.httpPort(), host(),
						"--grpc.discovery.registration.fail-fast=true");
				ConfigurableApplicationContext tagged = NetDevhApplication.client(port(), host(),
						"--grpc.client.echo.address=consul:///echo?tag=v2");
				ConfigurableApplicationContext elsewhere = NetDevhApplication.client(port(), host(),
						"--grpc.client.echo.address=consul://127.0.0.1:" + other.httpPort() + "/echo")) {
			assertThat(NetDevhApplication.answers(tagged)).containsExactly("two");
			assertThat(NetDevhApplication.answers(elsewhere)).containsExactly("three");
		}
	}

	@Test
	void aWrongOptionInATargetEndsTheStart() {
		Throwable failure = catchThrowable(
				() -> NetDevhApplication.client(port(), host(), "--grpc.client.echo.address=consul:///echo?tga=v2")
					.close());
		assertThat(FailureAnalyses.of(failure)).contains("target: 'consul:///echo?tga=v2'", "option 'tga': 'v2'",
				"one of the options of consul: dc, filter, ");
	}

	private static String host() {
		return "--grpc.discovery.consul.host=127.0.0.1";
	}

	private static String port() {
		return "--grpc.discovery.consul.port=" + consul.httpPort();
	}

}
