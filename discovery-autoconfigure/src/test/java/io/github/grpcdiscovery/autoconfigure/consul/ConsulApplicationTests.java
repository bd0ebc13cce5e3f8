package io.github.grpcdiscovery.autoconfigure.consul;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.autoconfigure.FailureAnalyses;
import io.github.grpcdiscovery.autoconfigure.GrpcStack;
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

	@ParameterizedTest
	@EnumSource
	void theServerIsRegisteredWithItsAgentAndGoesWithIt(GrpcStack stack) {
		try (ConfigurableApplicationContext client = stack.client().with(port(), host()).run();
				ConfigurableApplicationContext one = stack.server("one")
					.with(port(), host(), "grpc.discovery.registration.fail-fast=true")
					.run()) {
			assertThat(one.isActive()).isTrue();
			assertThat(consul.get("/v1/agent/services")).contains("\"echo\"");
			assertThat(GrpcStack.answers(client)).containsExactly("one");
		}
		assertThat(consul.get("/v1/agent/services")).doesNotContain("\"echo\"");
	}

	@ParameterizedTest
	@EnumSource
	void aServerInTwoRegistriesIsFoundInEitherAndInBoth(GrpcStack stack) {
		try (EtcdServer etcd = EtcdServer.started()) {
			String endpoints = "grpc.discovery.etcd.endpoints=" + etcd.endpoint();
			String both = "grpc.discovery.registry=etcd,consul";
			try (ConfigurableApplicationContext one = stack.server("one")
				.with(endpoints, port(), host(), both, "grpc.discovery.registration.fail-fast=true")
				.run();
					ConfigurableApplicationContext inBoth = stack.client().with(endpoints, port(), host(), both).run();
					ConfigurableApplicationContext inConsul = stack.client().with(port(), host()).run();
					ConfigurableApplicationContext inEtcd = stack.client().with(endpoints).run()) {
				assertThat(GrpcStack.answers(inBoth)).containsExactly("one");
				assertThat(GrpcStack.answers(inConsul)).containsExactly("one");
				assertThat(GrpcStack.answers(inEtcd)).containsExactly("one");
				etcd.kill();
				assertThat(GrpcStack.answers(inBoth)).containsExactly("one");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void aTargetSaysWhichInstancesItMeans(GrpcStack stack) {
		try (ConsulAgent other = ConsulAgent.started();
				ConfigurableApplicationContext one = stack.server("one")
					.with(port(), host(), "grpc.discovery.registration.tags=v1",
							"grpc.discovery.registration.fail-fast=true")
					.run();
				ConfigurableApplicationContext two = stack.server("two")
					.with(port(), host(), "grpc.discovery.registration.tags=v2",
							"grpc.discovery.registration.fail-fast=true")
					.run();
				ConfigurableApplicationContext three = stack.server("three")
					.with("grpc.discovery.consul.port=" + other.httpPort(), host(),
							"grpc.discovery.registration.fail-fast=true")
					.run();
				ConfigurableApplicationContext tagged = stack.client()
					.with(port(), host(), stack.target("echo", "consul:///echo?tag=v2"))
					.run();
				ConfigurableApplicationContext elsewhere = stack.client()
					.with(port(), host(), stack.target("echo", "consul://127.0.0.1:" + other.httpPort() + "/echo"))
					.run()) {
			assertThat(GrpcStack.answers(tagged)).containsExactly("two");
			assertThat(GrpcStack.answers(elsewhere)).containsExactly("three");
		}
	}

	@ParameterizedTest
	@EnumSource
	void aWrongOptionInATargetEndsTheStart(GrpcStack stack) {
		Throwable failure = catchThrowable(
				() -> stack.client().with(port(), host(), stack.target("echo", "consul:///echo?tga=v2")).run().close());
		assertThat(FailureAnalyses.of(failure)).contains("target: 'consul:///echo?tga=v2'", "option 'tga': 'v2'",
				"one of the options of consul: dc, filter, ");
	}

	private static String host() {
		return "grpc.discovery.consul.host=127.0.0.1";
	}

	private static String port() {
		return "grpc.discovery.consul.port=" + consul.httpPort();
	}

}
