package io.github.grpcdiscovery.autoconfigure.actuate;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.env.EnvironmentEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import tools.jackson.databind.json.JsonMapper;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.SkippedEntry;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.FakeRegistry;
import io.github.grpcdiscovery.autoconfigure.server.OwnRegistration;
import io.github.grpcdiscovery.autoconfigure.server.RunningServer;
import io.github.grpcdiscovery.autoconfigure.server.ServerRegistrar;
import io.github.grpcdiscovery.autoconfigure.server.ServerRegistrationAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

class DiscoveryActuatorAutoConfigurationTests {

	private static final String[] BEANS = { "grpcDiscoveryEndpoint", "grpcDiscoveryHealthIndicator",
			"grpcDiscoveryMetrics" };

	private final ApplicationContextRunner off = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(EndpointAutoConfiguration.class, DiscoveryAutoConfiguration.class,
				ServerRegistrationAutoConfiguration.class, DiscoveryEndpointAutoConfiguration.class,
				DiscoveryHealthContributorAutoConfiguration.class, DiscoveryMetricsAutoConfiguration.class,
				DiscoverySanitizingAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=*",
				"management.endpoints.jmx.exposure.include=*", "spring.application.name=echo");

	private final ApplicationContextRunner runner = this.off.withBean("fake", Registry.class,
			() -> new FakeRegistry("fake"));

	@Test
	void allIsThereWithTheActuator() {
		this.runner.run((context) -> {
			for (String bean : BEANS) {
				assertThat(context).hasBean(bean);
			}
			assertThat(context).hasSingleBean(DiscoveryObserver.class);
		});
	}

	@Test
	void nothingIsThereWithoutARegistry() {
		this.off.run((context) -> assertAbsent(context::containsBean));
	}

	@Test
	void nothingIsThereWhenSwitchedOff() {
		this.runner.withPropertyValues("grpc.discovery.enabled=false")
			.run((context) -> assertAbsent(context::containsBean));
	}

	@Test
	void eachCanBeSwitchedOffOrNotExposed() {
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=health",
					"management.endpoints.jmx.exposure.include=health", "management.health.grpcdiscovery.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("grpcDiscoveryEndpoint")
				.doesNotHaveBean("grpcDiscoveryHealthIndicator")
				.hasSingleBean(MeterBinder.class));
	}

	@Test
	void beansOfTheUserWin() {
		HealthIndicator health = mock(HealthIndicator.class);
		this.runner.withBean("grpcDiscoveryHealthIndicator", HealthIndicator.class, () -> health)
			.run((context) -> assertThat(context.getBean(HealthIndicator.class)).isSameAs(health));
	}

	@Test
	void endpointAndHealthShowTheRegistration() {
		this.runner.run((context) -> {
			ServerRegistrar registrar = context.getBean(ServerRegistrar.class);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			registrar.serverStarted(new RunningServer(9090, "127.0.0.1"));
			GrpcDiscoveryEndpoint.Discovery discovery = context.getBean(GrpcDiscoveryEndpoint.class).discovery();
			// written by the endpoints' own mapper, whatever spring.jackson.* says
			assertThat(discovery).isInstanceOf(OperationResponseBody.class);
			assertThat(discovery.registries())
				.containsExactly(new GrpcDiscoveryEndpoint.RegistryDescriptor("fake", "fake (memory)", true));
			assertThat(discovery.registrations()).singleElement().satisfies((registration) -> {
				assertThat(registration.addressReason()).isEqualTo("the only address the server listens on");
				assertThat(registration.instance().address()).isEqualTo("127.0.0.1:9090");
				assertThat(registration.state()).isEqualTo("REGISTERED");
			});
			assertThat(discovery.services()).isEmpty();
			assertThat(context.getBean(HealthIndicator.class).health().getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void endpointShowsWhichCheckKeepsClientsAway() {
		RegistrationStatus status = RegistrationStatus
			.builder("consul", ServiceInstance.of("echo", "10.0.0.1", 1), State.REGISTERED, Instant.EPOCH)
			.unhealthy("critical by the check 'gRPC health'")
			.build();
		assertThat(GrpcDiscoveryEndpoint.RegistrationDescriptor.of(new OwnRegistration(status, "why")).unhealthy())
			.isEqualTo("critical by the check 'gRPC health'");
	}

	@Test
	void endpointShowsWhatWasSkipped() {
		List<SkippedEntry> skipped = List.of(new SkippedEntry("echo/a", "odd", 2, Instant.EPOCH));
		WatchStatus status = WatchStatus.builder("etcd", "echo").skipped(skipped).build();
		assertThat(GrpcDiscoveryEndpoint.ServiceDescriptor.of(status).skipped()).isEqualTo(skipped);
	}

	@Test
	void jsonNamesTheRegistryAndTheServiceFirst() {
		RegistrationStatus registration = RegistrationStatus
			.builder("etcd", ServiceInstance.of("echo", "10.0.0.1", 1), State.REGISTERED, Instant.EPOCH)
			.registrations(1)
			.build();
		JsonMapper json = JsonMapper.builder()
			.changeDefaultPropertyInclusion((value) -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
			.build();
		assertThat(json.writeValueAsString(
				GrpcDiscoveryEndpoint.RegistrationDescriptor.of(new OwnRegistration(registration, "why"))))
			.isEqualTo("""
					{"registry":"etcd","instance":{"id":"10.0.0.1:1","service":"echo","address":"10.0.0.1:1",\
					"weight":100,"tags":[],"metadata":{}},"addressReason":"why","state":"REGISTERED",\
					"since":"1970-01-01T00:00:00Z","registrations":1}""");
		assertThat(json.writeValueAsString(
				GrpcDiscoveryEndpoint.ServiceDescriptor.of(WatchStatus.builder("etcd", "echo").build())))
			.isEqualTo("""
					{"registry":"etcd","service":"echo","connected":false,"subscriptions":0,"unconfirmed":[],\
					"reconnects":0,"unhealthy":{},"skipped":[]}""");
	}

	@Test
	void secretsAreMaskedAlsoWhereValuesAreShown() {
		this.runner.run((context) -> {
			Sanitizer sanitizer = new Sanitizer(List.of(context.getBean(SanitizingFunction.class)));
			Function<String, Object> sanitized = (key) -> sanitizer.sanitize(new SanitizableData(null, key, "value"),
					true);
			assertThat(List.of("grpc.discovery.etcd.password", "GRPC_DISCOVERY_ETCD_PASSWORD",
					"grpc.discovery.consul.acl-token", "GRPCDISCOVERY.consul.token"))
				.extracting(sanitized)
				.containsOnly("******");
			assertThat(List.of("grpc.discovery.etcd.endpoints", "spring.datasource.password", "password"))
				.extracting(sanitized)
				.containsOnly("value");
		});
	}

	@Test
	void passwordIsMaskedInTheEnvironmentEndpoint() {
		this.runner.withPropertyValues("grpc.discovery.etcd.password=s3cret").run((context) -> {
			EnvironmentEndpoint endpoint = new EnvironmentEndpoint(context.getEnvironment(),
					context.getBeanProvider(SanitizingFunction.class).stream().toList(), Show.ALWAYS);
			assertThat(endpoint.environmentEntry("grpc.discovery.etcd.password").getProperty().getValue())
				.isEqualTo("******");
		});
	}

	private static void assertAbsent(Function<String, Boolean> containsBean) {
		for (String bean : BEANS) {
			assertThat(containsBean.apply(bean)).as(bean).isFalse();
		}
	}

}
