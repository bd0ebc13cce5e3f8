package io.github.grpcdiscovery.autoconfigure;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.autoconfigure.GrpcStack.Application;
import io.github.grpcdiscovery.autoconfigure.GrpcStack.FieldClient;
import io.github.grpcdiscovery.spring.GrpcClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.CertificateFiles;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * How channels are made, injected, connected and configured.
 */
abstract class GrpcChannelContract extends GrpcServerContract {

	GrpcChannelContract(GrpcStack stack) {
		super(stack);
	}

	@Test
	void channelsCanBeInjectedIntoConstructorsAndMethods() {
		try (ConfigurableApplicationContext server = server("one").run();
				ConfigurableApplicationContext constructor = client(ConstructorClient.class).run();
				ConfigurableApplicationContext method = client(MethodClient.class).run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(GrpcStack.answers(constructor.getBean(ConstructorClient.class).echo)).containsExactly("one");
			assertThat(GrpcStack.answers(method.getBean(MethodClient.class).echo)).containsExactly("one");
		}
	}

	@Test
	void channelsAreConnectedWhenTheApplicationIsReady() {
		// which waits for a warm-up of less than a second, unless told
		assertThat(connectionsOfAClientThatMakesNoCall("grpc.discovery.client.warm-up=60s")).isEqualTo(1);
	}

	@Test
	void channelsConnectWhenTheyAreCalledIfThatIsWished() {
		assertThat(connectionsOfAClientThatMakesNoCall("grpc.discovery.client.warm-up=0")).isZero();
	}

	@Test
	void channelThatARegistryDoesNotTellOfIsLeftAlone() {
		try (ConfigurableApplicationContext server = server("one").run();
				TcpProxy proxy = TcpProxy.to(this.registry.registered().get(0).port());
				ConfigurableApplicationContext client = client(FieldClient.class)
					.with(this.stack.target("echo", "static://127.0.0.1:" + proxy.port()))
					.run()) {
			assertThat(server.isActive()).isEqualTo(client.isActive()).isTrue();
			assertThat(proxy.connections()).isZero();
		}
	}

	@Test
	void serverThatDoesNotAnswerDoesNotFailTheStart() {
		try (TcpProxy proxy = TcpProxy.to(1)) {
			this.registry.register(ServiceInstance.of("echo", "127.0.0.1", proxy.port()));
			try (ConfigurableApplicationContext client = client(FieldClient.class)
				.with("grpc.discovery.client.warm-up=500ms")
				.run()) {
				assertThat(client.isActive()).isTrue();
			}
		}
	}

	@Test
	void timeToConnectIsLimited() {
		assertThat(FailureAnalyses
			.of(catchThrowable(() -> client(FieldClient.class).with("grpc.discovery.client.warm-up=61s").run())))
			.contains("grpc.discovery.client.warm-up", "(expected: 0s to 1m)");
	}

	private int connectionsOfAClientThatMakesNoCall(String... settings) {
		FakeRegistry behind = new FakeRegistry("behind");
		try (ConfigurableApplicationContext server = this.stack.server("one").on(behind).run();
				TcpProxy proxy = TcpProxy.to(behind.registered().get(0).port())) {
			assertThat(server.isActive()).isTrue();
			this.registry.register(ServiceInstance.of("echo", "127.0.0.1", proxy.port()));
			try (ConfigurableApplicationContext client = client(FieldClient.class).with(settings).run()) {
				assertThat(client.isActive()).isTrue();
				return proxy.connections();
			}
		}
	}

	@Test
	void channelsAreClosedBeforeTheRegistry() {
		try (ConfigurableApplicationContext client = client(ConstructorClient.class).run()) {
			EchoBlockingStub echo = client.getBean(ConstructorClient.class).echo;
			assertThatExceptionOfType(StatusRuntimeException.class)
				.isThrownBy(() -> echo.say(SayRequest.getDefaultInstance()))
				.withMessage("UNAVAILABLE: no instances of 'echo' in fake (memory)");
		}
		assertThat(this.registry.events()).containsExactly("watch echo", "unwatch echo", "close fake");
	}

	@Test
	void configuredTargetWins() {
		try (ConfigurableApplicationContext one = server("one").run();
				ConfigurableApplicationContext two = server("two").run()) {
			assertThat(one.isActive()).isEqualTo(two.isActive()).isTrue();
			String first = "static://" + this.registry.registered().get(0).address();
			try (ConfigurableApplicationContext client = client(FieldClient.class)
				.with(this.stack.target("echo", first))
				.run()) {
				assertThat(GrpcStack.answers(client)).containsExactly("one");
			}
		}
	}

	@Test
	void nameOfAChannelMayDifferFromThatOfTheService() {
		try (ConfigurableApplicationContext server = server("one").with("spring.application.name=echo-of-another-name")
			.run();
				ConfigurableApplicationContext client = client(FieldClient.class)
					.with(this.stack.target("echo", "discovery:///echo-of-another-name"))
					.run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(GrpcStack.answers(client)).containsExactly("one");
		}
	}

	@Test
	void policyOfTheUserWins() {
		try (ConfigurableApplicationContext one = server("one").run();
				ConfigurableApplicationContext two = server("two").run();
				ConfigurableApplicationContext three = server("three").run();
				ConfigurableApplicationContext client = client(FieldClient.class)
					.with(this.stack.policy("echo", "pick_first"))
					.run()) {
			assertThat(List.of(one, two, three)).allMatch(ConfigurableApplicationContext::isActive);
			assertThat(GrpcStack.answers(client)).hasSize(1);
		}
	}

	@Test
	void serviceConfigOfTheUserWins() {
		try (ConfigurableApplicationContext one = server("one").run();
				ConfigurableApplicationContext two = server("two").run();
				ConfigurableApplicationContext three = server("three").run();
				ConfigurableApplicationContext client = withServiceConfig(client(FieldClient.class)).run()) {
			assertThat(List.of(one, two, three)).allMatch(ConfigurableApplicationContext::isActive);
			assertThat(GrpcStack.answers(client)).hasSize(1);
		}
	}

	/**
	 * Gives the channel {@code echo} a service config with {@code pick_first}, in the way
	 * of the stack.
	 * @param client the application
	 * @return the same
	 */
	abstract Application withServiceConfig(Application client);

	@Test
	void targetInAnotherRegistryThanThoseConfiguredIsAnErrorWhenTheChannelIsMade() {
		assertThat(failure("etcd:///echo")).startsWith("A gRPC channel cannot be made: "
				+ "target: 'etcd:///echo' (expected: a registry that is configured: fake; set grpc.discovery.etcd.* for this one)")
			.contains("Action: Correct ")
			.contains(this.stack.target("NAME", "").replace("=", ""));
	}

	@Test
	void targetWithoutANameIsAnErrorWhenTheChannelIsMade() {
		assertThat(failure("discovery:///")).startsWith("A gRPC channel cannot be made: "
				+ "target: 'discovery:///' (expected: the name of a service after discovery:///)");
	}

	@Test
	void channelWithTlsToAServerWithoutSaysWhichPropertyToSet(CapturedOutput output) {
		try (ConfigurableApplicationContext server = server("one").run();
				ConfigurableApplicationContext client = client(FieldClient.class).with(this.stack.tls("echo", true))
					.run()) {
			assertThat(server.isActive()).isTrue();
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> say(client))
				.withMessageContaining("the channel speaks TLS, and the server does not; for plaintext, set "
						+ this.stack.tls("echo", false));
			assertThat(output).containsOnlyOnce("Calls of the channel 'echo' fail: the channel speaks TLS");
		}
	}

	@Test
	void channelWithoutTlsToAServerWithTlsSaysWhichPropertyToSet(@TempDir Path directory, CapturedOutput output)
			throws Exception {
		CertificateFiles files = TestCertificates.in(directory).server("echo", "echo");
		Server tls = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
			.useTransportSecurity(files.certificate().toFile(), files.privateKey().toFile())
			.build()
			.start();
		this.registry.register(ServiceInstance.of("echo", "127.0.0.1", tls.getPort()));
		try (ConfigurableApplicationContext client = client(FieldClient.class).run()) {
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> say(client))
				.withMessageContaining(
						"the server ended the connection before it sent anything; if it speaks TLS, set ")
				.withMessageContaining(this.stack.tls("echo", true));
			assertThat(output).containsOnlyOnce("Calls of the channel 'echo' fail: the server ended the connection");
		}
		finally {
			tls.shutdownNow();
		}
	}

	static class ConstructorClient {

		final EchoBlockingStub echo;

		ConstructorClient(@GrpcClient("echo") EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

	static class MethodClient {

		EchoBlockingStub echo;

		@GrpcClient("echo")
		void setEcho(EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

}
