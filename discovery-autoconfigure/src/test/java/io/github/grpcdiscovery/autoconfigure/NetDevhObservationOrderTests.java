package io.github.grpcdiscovery.autoconfigure;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import net.devh.boot.grpc.client.inject.GrpcClient;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

class NetDevhObservationOrderTests {

	@Test
	void metersOfServerAndClientAppear() {
		try (ConfigurableApplicationContext context = run(FieldClient.class)) {
			say(context.getBean(FieldClient.class).echo);
			// the server's come after the answer
			Conditions.eventually(() -> assertThat(meters(context)).contains("grpc.server.processing.duration",
					"grpc.client.processing.duration", "grpc.client", "grpc.server"));
		}
	}

	@Test
	void meterRegistryIsCompleteAlthoughAChannelIsInjectedIntoAConstructor() {
		try (ConfigurableApplicationContext context = run(ConstructorClient.class)) {
			say(context.getBean(ConstructorClient.class).echo);
			assertThat(meters(context)).contains("grpc.client.processing.duration", "grpc.client", "jvm.memory.used",
					"application.ready.time");
		}
	}

	private static void say(EchoBlockingStub echo) {
		echo.withWaitForReady().withDeadlineAfter(10, TimeUnit.SECONDS).say(SayRequest.getDefaultInstance());
	}

	private static List<String> meters(ConfigurableApplicationContext context) {
		return context.getBean(MeterRegistry.class)
			.getMeters()
			.stream()
			.map(Meter::getId)
			.map(Meter.Id::getName)
			.distinct()
			.toList();
	}

	private static ConfigurableApplicationContext run(Class<?> client) {
		return new SpringApplicationBuilder(Application.class, client)
			.initializers((context) -> context.getBeanFactory()
				.registerSingleton("fakeRegistry", (Registry) new FakeRegistry("fake")))
			.run("--spring.application.name=echo", "--grpc.server.port=0", "--grpc.server.address=127.0.0.1",
					"--grpc.discovery.registration.drain=0", "--grpc.client.GLOBAL.negotiation-type=plaintext",
					"--spring.grpc.server.enabled=false", "--spring.grpc.client.enabled=false");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(EchoService.class)
	static class Application {

	}

	static class FieldClient {

		@GrpcClient("echo")
		private EchoBlockingStub echo;

	}

	static class ConstructorClient {

		private final EchoBlockingStub echo;

		ConstructorClient(@GrpcClient("echo") EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

}
