package io.github.grpcdiscovery.autoconfigure.springgrpc;

import java.util.List;

import io.grpc.ManagedChannelBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentCaptor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcChannelFactoryCustomizer;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.grpc.client.DefaultGrpcChannelFactory;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.FakeRegistry;
import io.github.grpcdiscovery.autoconfigure.client.DiscoveryOffWarning;
import io.github.grpcdiscovery.testsupport.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.atLeast;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;

class SpringGrpcClientAutoConfigurationTests {

	private final ApplicationContextRunner off = new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(
			SslAutoConfiguration.class, DiscoveryAutoConfiguration.class, SpringGrpcClientAutoConfiguration.class,
			GrpcClientAutoConfiguration.class, CompositeChannelFactoryAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.off.withBean("fake", Registry.class,
			() -> new FakeRegistry("fake"));

	@Test
	void bareNamesAreLookedUp() {
		this.runner.run((context) -> assertThat(authority(context.getBean(GrpcChannelFactory.class), "tag-service"))
			.isEqualTo("tag-service"));
	}

	@Test
	void virtualTargetsOfTheUserWin() {
		this.runner
			.withBean(GrpcChannelFactoryCustomizer.class,
					() -> (factory) -> ((DefaultGrpcChannelFactory<?>) factory)
						.setVirtualTargets((name) -> "localhost:1"))
			.run((context) -> assertThat(authority(context.getBean(GrpcChannelFactory.class), "tag-service"))
				.isEqualTo("localhost:1"));
	}

	@Test
	void roundRobinBecomesThePolicyThatGoesByLoad() {
		ApplicationContextRunner balanced = this.runner
			.withConfiguration(AutoConfigurations.of(SpringGrpcLoadBalancingAutoConfiguration.class))
			.withPropertyValues("spring.grpc.client.channel.other.default.load-balancing-policy=pick_first");
		balanced.run((context) -> {
			assertThat(policies(context, "echo")).endsWith("discovery_least_load");
			assertThat(policies(context, "other")).doesNotContain("discovery_least_load");
		});
		balanced.withPropertyValues("grpc.discovery.client.balancing.enabled=false")
			.run((context) -> assertThat(policies(context, "echo")).doesNotContain("discovery_least_load"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "in-process:echo", "unix:/tmp/echo", "static://localhost:9090", "dns:///echo" })
	void channelWithAnotherTargetIsLeftAsItIs(String target) {
		this.runner.withConfiguration(AutoConfigurations.of(SpringGrpcLoadBalancingAutoConfiguration.class))
			.withPropertyValues("spring.grpc.client.channel.echo.target=" + target)
			.run((context) -> {
				ManagedChannelBuilder<?> builder = mock();
				customize(context, DiscoveryChannelCustomizer.class, builder);
				customize(context, SpringGrpcLoadBalancingAutoConfiguration.BalancingBuilderCustomizer.class, builder);
				verifyNoInteractions(builder);
			});
	}

	@SuppressWarnings("unchecked")
	private static void customize(ApplicationContext context, Class<? extends GrpcChannelBuilderCustomizer> type,
			ManagedChannelBuilder<?> builder) {
		context.getBean(type).customize("echo", builder);
	}

	@SuppressWarnings("unchecked")
	// in the order in which they are set; Spring Boot 4.1.0 sets its own by such a bean,
	// and later versions before all beans
	private static List<String> policies(ApplicationContext context, String target) {
		ManagedChannelBuilder<?> builder = mock();
		ArgumentCaptor<String> policies = ArgumentCaptor.forClass(String.class);
		context.getBeanProvider(GrpcChannelBuilderCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(target, builder));
		verify(builder, atLeast(0)).defaultLoadBalancingPolicy(policies.capture());
		return policies.getAllValues();
	}

	@Test
	void isAbsentWithoutARegistry() {
		this.off.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DiscoveryChannelCustomizer.class));
	}

	@Test
	@SuppressWarnings("unchecked")
	void bareNameWithoutARegistryIsWarnedOfOnceWithTheProfiles() {
		this.off
			.withPropertyValues("spring.profiles.active=prod",
					"spring.grpc.client.channel.fixed.target=static://localhost:1")
			.run((context) -> {
				try (CapturedLog log = new CapturedLog(DiscoveryOffWarning.class)) {
					DiscoveryOffCustomizer<?> customizer = context.getBean(DiscoveryOffCustomizer.class);
					customize(customizer, "fixed");
					customize(customizer, "localhost:1");
					assertThat(log.warnings()).isEmpty();
					customize(customizer, "tag-service");
					customize(customizer, "other-service");
					assertThat(log.warnings()).singleElement().asString().contains("prod", "the channel 'tag-service'");
				}
			});
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private static void customize(DiscoveryOffCustomizer customizer, String target) {
		customizer.customize(target, mock(ManagedChannelBuilder.class));
	}

	@Test
	void nothingIsWarnedOfWithARegistryAndWhereDiscoveryIsSwitchedOff() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DiscoveryOffCustomizer.class));
		this.off.withPropertyValues("grpc.discovery.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DiscoveryOffCustomizer.class));
	}

	@Test
	void isAbsentWhenSwitchedOff() {
		for (String property : new String[] { "grpc.discovery.client.enabled", "grpc.discovery.enabled",
				"spring.grpc.client.enabled" }) {
			this.runner.withPropertyValues(property + "=false")
				.run((context) -> assertThat(context).hasNotFailed()
					.doesNotHaveBean(DiscoveryChannelCustomizer.class)
					.doesNotHaveBean(GrpcChannelFactoryCustomizer.class));
		}
	}

	@Test
	void isAbsentWithoutSpringGrpcsClient() {
		withoutSpringBoots()
			.withClassLoader(
					new FilteredClassLoader("org.springframework.boot.grpc.client", "org.springframework.grpc"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("discoveryGrpcChannelBuilderCustomizer"));
	}

	@Test
	void startsWithoutSpringBootsConfigurationOfTheClient() {
		withoutSpringBoots().run((context) -> assertThat(context).hasNotFailed());
	}

	private static ApplicationContextRunner withoutSpringBoots() {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(DiscoveryAutoConfiguration.class, SpringGrpcClientAutoConfiguration.class))
			.withBean("fake", Registry.class, () -> new FakeRegistry("fake"));
	}

	private static String authority(GrpcChannelFactory factory, String target) {
		return factory.createChannel(target).authority();
	}

}
