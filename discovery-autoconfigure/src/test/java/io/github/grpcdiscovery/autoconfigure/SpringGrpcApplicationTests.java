package io.github.grpcdiscovery.autoconfigure;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.ImportGrpcClients;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import io.github.grpcdiscovery.autoconfigure.GrpcStack.Application;
import io.github.grpcdiscovery.autoconfigure.GrpcStack.FieldClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

@ExtendWith(OutputCaptureExtension.class)
class SpringGrpcApplicationTests extends GrpcStackContract {

	SpringGrpcApplicationTests() {
		super(GrpcStack.SPRING_BOOT);
	}

	@Override
	Application withServiceConfig(Application client) {
		return client.with(
				"spring.grpc.client.channel.echo.service-config.loadbalancing[0].pickfirst.shuffle-address-list=false");
	}

	@Test
	void bareNamesOfImportedClientsAndOfTheChannelFactoryAreLookedUp() {
		try (ConfigurableApplicationContext server = server("one").run();
				ConfigurableApplicationContext imported = client(ImportedClient.class).run();
				ConfigurableApplicationContext factory = client(FactoryClient.class).run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(GrpcStack.answers(imported.getBean(EchoBlockingStub.class))).containsExactly("one");
			assertThat(GrpcStack.answers(factory.getBean(EchoBlockingStub.class))).containsExactly("one");
		}
		assertThat(this.registry.events()).filteredOn((event) -> event.contains("watch"))
			.containsExactlyInAnyOrder("watch echo", "watch echo", "unwatch echo", "unwatch echo");
	}

	@Test
	void channelWithSettingsButWithoutATargetIsLookedUp() {
		try (ConfigurableApplicationContext server = server("one").run();
				ConfigurableApplicationContext client = client(FieldClient.class)
					.with("spring.grpc.client.channel.echo.user-agent=me")
					.run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(GrpcStack.answers(client)).containsExactly("one");
		}
	}

	@Test
	void inProcessServerIsNotRegistered(CapturedOutput output) {
		try (ConfigurableApplicationContext server = server("one")
			.with(this.stack.inProcess("echo-in-process"), "spring.grpc.server.port=0")
			.run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(output).contains("echo-in-process", "it listens on no TCP port");
		}
	}

	@Test
	void clientsInsideThisProcessAreLeftAlone() {
		try (ConfigurableApplicationContext server = server("one").with(this.stack.inProcess("echo-for-itself"))
			.run()) {
			ManagedChannel channel = server.getBean(GrpcChannelFactory.class)
				.createChannel("in-process:echo-for-itself");
			assertThat(GrpcStack.answers(EchoGrpc.newBlockingStub(channel))).containsExactly("one");
		}
	}

	@Test
	void bothStacksAtOnceIsAnErrorWhoseEveryAdviceWorks() {
		String bothOn = "spring.autoconfigure.exclude=";
		String failure = FailureAnalyses.of(catchThrowable(() -> server("one").with(bothOn).run()));
		assertThat(failure).startsWith("Two gRPC stacks are switched on")
			.contains("    spring.grpc.server.enabled=false\n    spring.grpc.client.enabled=false\n");
		String exclude = failure.substring(failure.indexOf("spring.autoconfigure.exclude=")).strip();
		try (ConfigurableApplicationContext springBoots = server("one").with(exclude).run();
				ConfigurableApplicationContext client = client(ImportedClient.class).with(exclude).run()) {
			assertThat(springBoots.getBeansOfType(GrpcServerLifecycle.class)).hasSize(1);
			assertThat(GrpcStack.answers(client.getBean(EchoBlockingStub.class))).containsExactly("one");
		}
		try (ConfigurableApplicationContext netDevh = GrpcStack.NET_DEVH.server("two")
			.on(this.registry)
			.with(bothOn, "spring.grpc.server.enabled=false", "spring.grpc.client.enabled=false")
			.run()) {
			assertThat(netDevh.getBeansOfType(GrpcServerLifecycle.class)).isEmpty();
			assertThat(this.registry.registered()).hasSize(1);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportGrpcClients(target = "echo", types = EchoBlockingStub.class)
	static class ImportedClient {

	}

	@Configuration(proxyBeanMethods = false)
	static class FactoryClient {

		@Bean
		EchoBlockingStub echo(GrpcChannelFactory channels) {
			return EchoGrpc.newBlockingStub(channels.createChannel("echo"));
		}

	}

}
