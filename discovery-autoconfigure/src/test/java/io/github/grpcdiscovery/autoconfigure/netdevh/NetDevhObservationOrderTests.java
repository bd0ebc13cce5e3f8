package io.github.grpcdiscovery.autoconfigure.netdevh;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import net.devh.boot.grpc.client.inject.GrpcClient;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.EchoService;
import io.github.grpcdiscovery.autoconfigure.FakeRegistry;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
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
			Conditions.eventually(() -> assertThat(meters(context)).contains("grpc.client.processing.duration",
					"grpc.client", "jvm.memory.used", "application.ready.time"));
		}
	}

	@Test
	void startIsNotWarnedOfWhatNobodyCanChange(CapturedOutput output) {
		run(FieldClient.class, ConstructorClient.class, SeveralConstructorsClient.class, FactoryMethodClient.class)
			.close();
		// the application calls itself, so there is no server when the channel is made
		assertThat(output.getAll().lines()).filteredOn((line) -> line.contains(" WARN "))
			.allMatch((line) -> line.contains("Failed to resolve name"));
	}

	@Test
	void annotationOfNetDevhIsHeardOnEveryParameter() {
		try (ConfigurableApplicationContext context = run(ConstructorClient.class, SeveralConstructorsClient.class,
				FactoryMethodClient.class)) {
			say(context.getBean(ConstructorClient.class).echo);
			say(context.getBean(SeveralConstructorsClient.class).echo);
			say((EchoBlockingStub) context.getBean("madeWithEcho", AtomicReference.class).get());
		}
	}

	@Test
	void whatTheEndpointInfoSaysOfTheServerIsThere() {
		try (ConfigurableApplicationContext context = run(FieldClient.class)) {
			Info.Builder info = new Info.Builder();
			context.getBean("grpcInfoContributor", InfoContributor.class).contribute(info);
			assertThat(info.build().getDetails()).extractingByKey("grpc.server", InstanceOfAssertFactories.MAP)
				.containsKey("port")
				.extractingByKey("services", InstanceOfAssertFactories.MAP)
				.containsEntry("grpcdiscovery.test.Echo", List.of("Look", "Say", "Watch"));
		}
	}

	private static void say(EchoBlockingStub echo) {
		echo.withWaitForReady().withDeadlineAfter(30, TimeUnit.SECONDS).say(SayRequest.getDefaultInstance());
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

	private static ConfigurableApplicationContext run(Class<?>... clients) {
		return new SpringApplicationBuilder(Application.class).sources(clients)
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

	static class SeveralConstructorsClient {

		private final EchoBlockingStub echo;

		SeveralConstructorsClient() {
			throw new IllegalStateException("not the one that is meant");
		}

		SeveralConstructorsClient(@GrpcClient("echo") EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FactoryMethodClient {

		@Bean
		AtomicReference<EchoBlockingStub> madeWithEcho(@GrpcClient("echo") EchoBlockingStub echo) {
			return new AtomicReference<>(echo);
		}

	}

}
