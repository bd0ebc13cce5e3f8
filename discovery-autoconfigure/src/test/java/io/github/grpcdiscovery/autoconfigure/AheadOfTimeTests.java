package io.github.grpcdiscovery.autoconfigure;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.AotDetector;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.Compiled;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

import io.github.grpcdiscovery.autoconfigure.GrpcChannelContract.ConstructorClient;
import io.github.grpcdiscovery.autoconfigure.GrpcChannelContract.MethodClient;
import io.github.grpcdiscovery.autoconfigure.GrpcStack.FieldClient;
import io.github.grpcdiscovery.spring.GrpcClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Applications that Spring has processed ahead of time, on the JVM.
 */
@CompileWithForkedClassLoader
class AheadOfTimeTests {

	private static final String LOCAL = "grpc.discovery.registry=local";

	@TempDir
	private Path directory;

	@Test
	void clientsOfEveryKindOnNetDevhCallWhatTheyFind() {
		assertThatClientsOfEveryKindCallWhatTheyFind(GrpcStack.NET_DEVH);
	}

	@Test
	void clientsOfEveryKindOnSpringBootsOwnGrpcCallWhatTheyFind() {
		assertThatClientsOfEveryKindCallWhatTheyFind(GrpcStack.SPRING_BOOT);
	}

	private void assertThatClientsOfEveryKindCallWhatTheyFind(GrpcStack stack) {
		String where = "grpc.discovery.local.directory=" + this.directory;
		run(stack, List.of(LOCAL), List.of(LOCAL, where), (client) -> {
			try (ConfigurableApplicationContext server = stack.server("one").with(LOCAL, where).run()) {
				assertThat(server.isActive()).isTrue();
				assertThat(GrpcStack.answers(client)).containsExactly("one");
				assertThat(GrpcStack.answers(client.getBean(RecordClient.class).echo())).containsExactly("one");
				assertThat(GrpcStack.answers(client.getBean(ConstructorClient.class).echo)).containsExactly("one");
				assertThat(GrpcStack.answers(client.getBean(MethodClient.class).echo)).containsExactly("one");
			}
		}, FieldClient.class, RecordClient.class, ConstructorClient.class, MethodClient.class);
	}

	@Test
	void whereTheRegistryIsMayBeSaidAtRunTime() {
		run(GrpcStack.NET_DEVH, List.of("grpc.discovery.registry=etcd"),
				List.of("grpc.discovery.registry=etcd", "grpc.discovery.etcd.endpoints=http://127.0.0.1:1"),
				(context) -> assertThat(context.getBean(ConfiguredRegistries.class).chosen()).singleElement()
					.satisfies((registry) -> assertThat(registry.description()).contains("127.0.0.1:1")));
	}

	@Test
	void registryOfWhichTheBuildKnewNothingEndsTheStartWithWhatTheBuildNeeds() {
		assertThat(failure(List.of(), List.of("grpc.discovery.etcd.endpoints=http://127.0.0.1:1")))
			.contains("grpc.discovery.etcd.endpoints is set", "built ahead of time without the registry 'etcd'")
			.contains("Action: Set grpc.discovery.registry=etcd where the build");
	}

	@Test
	void registryBesideTheOneOfTheBuildEndsTheStart() {
		assertThat(failure(List.of(LOCAL), List.of(LOCAL, "grpc.discovery.consul.host=127.0.0.1")))
			.contains("grpc.discovery.consul.host is set", "without the registry 'consul'");
	}

	@Test
	void anotherRegistryThanThatOfTheBuildEndsTheStart() {
		assertThat(failure(List.of("grpc.discovery.consul.host=127.0.0.1"), List.of(LOCAL)))
			.contains("grpc.discovery.registry is set", "without the registry 'local'");
	}

	@Test
	void discoveryThatIsSwitchedOffOnlyAtRunTimeEndsTheStart() {
		assertThat(failure(List.of(LOCAL), List.of(LOCAL, "grpc.discovery.enabled=false")))
			.contains("grpc.discovery.enabled: 'false' (expected: 'true', as when the application was built");
	}

	@Test
	void discoveryThatWasOffInTheBuildEndsTheStart() {
		assertThat(failure(List.of("grpc.discovery.enabled=false"), List.of()))
			.contains("grpc.discovery.enabled: 'true' (expected: 'false', as when the application was built");
	}

	@Test
	void registrationThatIsSwitchedOffOnlyAtRunTimeEndsTheStart() {
		assertThat(failure(List.of(LOCAL), List.of(LOCAL, "grpc.discovery.registration.enabled=false")))
			.contains("grpc.discovery.registration.enabled: 'false' (expected: 'true', as when");
	}

	@Test
	void nothingIsWrongWhereNothingIsSetAtEitherTime() {
		run(GrpcStack.NET_DEVH, List.of(), List.of(), (context) -> assertThat(context.isActive()).isTrue());
	}

	private static String failure(List<String> build, List<String> run) {
		return FailureAnalyses.of(catchThrowable(() -> run(GrpcStack.NET_DEVH, build, run, (context) -> {
		})));
	}

	private static void run(GrpcStack stack, List<String> build, List<String> run,
			Consumer<ConfigurableApplicationContext> application, Class<?>... sources) {
		TestGenerationContext generated = new TestGenerationContext();
		AnnotationConfigApplicationContext source = new AnnotationConfigApplicationContext();
		source.register(Main.class);
		List.of(sources).forEach(source::register);
		set(source, stack, build);
		ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(source, generated);
		generated.writeGeneratedContent();
		TestCompiler.forSystem()
			.with(generated)
			.compile((compiled) -> start(compiled, initializer, stack, run, application));
	}

	@SuppressWarnings("unchecked")
	private static void start(Compiled compiled, ClassName initializer, GrpcStack stack, List<String> run,
			Consumer<ConfigurableApplicationContext> application) {
		System.setProperty(AotDetector.AOT_ENABLED, "true");
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			set(context, stack, run);
			compiled.getInstance(ApplicationContextInitializer.class, initializer.canonicalName()).initialize(context);
			context.refresh();
			// the application that it calls is not processed ahead of time
			System.clearProperty(AotDetector.AOT_ENABLED);
			application.accept(context);
		}
		finally {
			System.clearProperty(AotDetector.AOT_ENABLED);
		}
	}

	private static void set(ConfigurableApplicationContext context, GrpcStack stack, List<String> properties) {
		TestPropertyValues.of("spring.application.name=client", "grpc.server.port=-1", "spring.grpc.server.port=0")
			.and(stack.properties().toArray(String[]::new))
			.and(properties.toArray(String[]::new))
			.applyTo(context);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Main {

	}

	record RecordClient(@GrpcClient("echo") EchoBlockingStub echo) {

	}

}
