package io.github.grpcdiscovery.autoconfigure.server;

import java.time.Duration;
import java.util.List;

import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.protobuf.services.HealthStatusManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.FailureAnalyses;
import io.github.grpcdiscovery.autoconfigure.FakeRegistry;
import io.github.grpcdiscovery.autoconfigure.netdevh.NetDevhServerAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.springgrpc.SpringGrpcServerAutoConfiguration;
import io.github.grpcdiscovery.testsupport.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

class ServerRegistrationAutoConfigurationTests {

	private final ApplicationContextRunner off = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(DiscoveryAutoConfiguration.class, ServerRegistrationAutoConfiguration.class,
					NetDevhServerAutoConfiguration.class, SpringGrpcServerAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.off.withBean("fake", Registry.class,
			() -> new FakeRegistry("fake"));

	@Test
	void isThereWithARegistry() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(ServerRegistrar.class)
			.hasBean("netDevhServerListener")
			.hasBean("springGrpcServerListener")
			.doesNotHaveBean(ServingStatus.class));
	}

	@Test
	void isAbsentWithoutARegistry() {
		this.off.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ServerRegistrar.class));
	}

	@Test
	void isAbsentWhenSwitchedOff() {
		this.runner.withPropertyValues("grpc.discovery.registration.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ServerRegistrar.class)
				.doesNotHaveBean("netDevhServerListener"));
		this.runner.withPropertyValues("grpc.discovery.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ServerRegistrar.class));
	}

	@Test
	void knowsNothingOfNetDevhWithoutItsServer() {
		this.runner.withClassLoader(new FilteredClassLoader("net.devh"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasBean("springGrpcServerListener")
				.doesNotHaveBean("netDevhServerListener"));
	}

	@Test
	void knowsNothingOfSpringGrpcWithoutItsServer() {
		this.runner.withClassLoader(new FilteredClassLoader(GrpcServerLifecycle.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasBean("netDevhServerListener")
				.doesNotHaveBean("springGrpcServerListener")
				.doesNotHaveBean("leavingGrpcHealthPostProcessor"));
	}

	@Test
	void knowsNothingOfHealthWithoutItsService() {
		this.runner.withClassLoader(new FilteredClassLoader(HealthStatusManager.class))
			.run((context) -> assertThat(context).hasNotFailed().hasBean("netDevhServerListener"));
	}

	/**
	 * As Spring Cloud does it: the properties are bound anew, and their users are not
	 * told.
	 */
	@ParameterizedTest
	@CsvSource({ "PT0S, 1d", "PT0.2S, -3s" })
	@Timeout(60)
	void settingsThatAreRefreshedDoNotChangeWhatRuns(Duration drain, String refreshed) {
		this.runner
			.withPropertyValues("spring.application.name=echo", "grpc.discovery.registration.drain=" + drain,
					"grpc.discovery.registration.weight=5")
			.run((context) -> {
				ServerRegistrar registrar = context.getBean(ServerRegistrar.class);
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				registrar.serverStarted(new RunningServer(9090, "127.0.0.1"));
				TestPropertyValues
					.of("grpc.discovery.registration.drain=" + refreshed, "grpc.discovery.registration.weight=7")
					.applyTo(context);
				RegistrationProperties properties = context.getBean(RegistrationProperties.class);
				context.getAutowireCapableBeanFactory().initializeBean(properties, "properties");
				assertThat(properties.getWeight()).isEqualTo(7);
				assertThat(registrar.registrations()).singleElement()
					.satisfies((own) -> assertThat(own.status().instance().weight()).isEqualTo(5));
				long before = System.nanoTime();
				registrar.serverStopping();
				assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(drain);
				assertThat(registrar.registrations()).isEmpty();
			});
	}

	@Test
	void registrarOfTheUserWins() {
		ServerRegistrar mine = mock(ServerRegistrar.class);
		this.runner.withBean("mine", ServerRegistrar.class, () -> mine)
			.run((context) -> assertThat(context.getBean(ServerRegistrar.class)).isSameAs(mine));
	}

	@Test
	void healthServiceSaysThatTheServerLeavesAndThatItIsBack() {
		HealthStatusManager health = mock(HealthStatusManager.class);
		this.runner.withBean(HealthStatusManager.class, () -> health).run((context) -> {
			ServingStatus status = context.getBean(ServingStatus.class);
			status.started();
			then(health).shouldHaveNoInteractions();
			status.leaving();
			then(health).should().setStatus("", HealthCheckResponse.ServingStatus.NOT_SERVING);
			status.started();
			then(health).should().setStatus("", HealthCheckResponse.ServingStatus.SERVING);
		});
	}

	@Test
	void testRegistersNothingWhereOthersLookUnlessThatIsWished() {
		String mark = "org.springframework.boot.test.context.SpringBootTestContextBootstrapper=true";
		for (String name : List.of("etcd", "consul", "fake")) {
			FakeRegistry registry = new FakeRegistry(name);
			ApplicationContextRunner test = this.off.withBean("registry", Registry.class, () -> registry)
				.withPropertyValues(mark, "spring.application.name=echo", "grpc.discovery.registration.drain=0");
			try (CapturedLog log = new CapturedLog(ServerRegistrationAutoConfiguration.class)) {
				test.run((context) -> serve(context.getBean(ServerRegistrar.class)));
				assertThat(log.infos()).isEqualTo("fake".equals(name) ? List.of() : List
					.of("In a @SpringBootTest no gRPC server is registered in %s (memory). To register it, set grpc.discovery.registration.enabled=true in the test"
						.formatted(name)));
			}
			assertThat(registry.events()).hasSize("fake".equals(name) ? 3 : 1);
			test.withPropertyValues("grpc.discovery.registration.enabled=true",
					"grpc.discovery.registration.fail-fast=true")
				.run((context) -> serve(context.getBean(ServerRegistrar.class)));
			assertThat(registry.events()).hasSize("fake".equals(name) ? 6 : 4);
		}
	}

	private static void serve(ServerRegistrar registrar) {
		registrar.serverStarted(new RunningServer(9090, "127.0.0.1"));
		registrar.onApplicationEvent(new AvailabilityChangeEvent<>("test", ReadinessState.ACCEPTING_TRAFFIC));
	}

	@Test
	void childContextHasARegistrarOfItsOwn() {
		this.runner.run((parent) -> this.runner.withParent(parent)
			.run((child) -> assertThat(child.getBean(ServerRegistrar.class))
				.isNotSameAs(parent.getBean(ServerRegistrar.class))));
	}

	@Test
	void negativeDurationIsAnErrorThatNamesIt() {
		this.runner.withPropertyValues("grpc.discovery.registration.drain=-1s")
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("'grpc.discovery.registration.drain'"));
		this.runner.withPropertyValues("grpc.discovery.registration.fail-fast-timeout=-1s")
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("'grpc.discovery.registration.fail-fast-timeout'"));
		this.runner.withPropertyValues("grpc.discovery.registration.self-check=61s")
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("'grpc.discovery.registration.self-check'", "(expected: 0s to"));
	}

}
