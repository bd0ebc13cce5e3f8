package io.github.grpcdiscovery.autoconfigure;

import java.util.List;
import java.util.Map;

import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.client.inject.GrpcClient;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.autoconfigure.GrpcStack.Application;
import io.github.grpcdiscovery.autoconfigure.GrpcStack.FieldClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;

import static org.assertj.core.api.Assertions.assertThat;

class NetDevhApplicationTests extends GrpcStackContract {

	NetDevhApplicationTests() {
		super(GrpcStack.NET_DEVH);
	}

	@Override
	Application withServiceConfig(Application client) {
		Map<String, ?> config = Map.of("loadBalancingConfig", List.of(Map.of("pick_first", Map.of())));
		return client.bean(GrpcChannelConfigurer.class, (builder, name) -> builder.defaultServiceConfig(config));
	}

	@Test
	void annotationOfNetDevhWorksOnFieldsMethodsAndConstructors() {
		try (ConfigurableApplicationContext server = server("one").run();
				ConfigurableApplicationContext field = client(NetDevhFieldClient.class).run();
				ConfigurableApplicationContext method = client(NetDevhMethodClient.class).run();
				ConfigurableApplicationContext constructor = client(NetDevhConstructorClient.class).run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(GrpcStack.answers(field.getBean(NetDevhFieldClient.class).echo)).containsExactly("one");
			assertThat(GrpcStack.answers(method.getBean(NetDevhMethodClient.class).echo)).containsExactly("one");
			assertThat(GrpcStack.answers(constructor.getBean(NetDevhConstructorClient.class).echo))
				.containsExactly("one");
		}
	}

	@Test
	void channelInjectedIntoAConstructorIsClosedBeforeTheRegistry() {
		try (ConfigurableApplicationContext client = client(NetDevhConstructorClient.class).run()) {
			assertThat(client.isActive()).isTrue();
		}
		assertThat(this.registry.events()).endsWith("close fake");
	}

	@Test
	void defaultSchemeOfTheUserWins() {
		try (ConfigurableApplicationContext client = client(FieldClient.class).with("grpc.default-scheme=dns").run()) {
			assertThat(client.isActive()).isTrue();
		}
		assertThat(this.registry.events()).containsExactly("close fake");
	}

	@Test
	void serverWithoutServicesOfItsOwnIsNotRegistered() {
		try (ConfigurableApplicationContext client = client(FieldClient.class)
			.with("grpc.server.port=0", "grpc.server.address=127.0.0.1")
			.run()) {
			assertThat(client.isActive()).isTrue();
			assertThat(this.registry.registered()).isEmpty();
		}
	}

	@Test
	void inProcessServerIsNotRegistered() {
		try (ConfigurableApplicationContext server = server("one")
			.with("grpc.server.port=-1", this.stack.inProcess("echo-in-process"))
			.run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(this.registry.registered()).isEmpty();
		}
	}

	static class NetDevhFieldClient {

		@GrpcClient("echo")
		EchoBlockingStub echo;

	}

	static class NetDevhMethodClient {

		EchoBlockingStub echo;

		@GrpcClient("echo")
		void setEcho(EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

	static class NetDevhConstructorClient {

		private final EchoBlockingStub echo;

		NetDevhConstructorClient(@GrpcClient("echo") EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

}
