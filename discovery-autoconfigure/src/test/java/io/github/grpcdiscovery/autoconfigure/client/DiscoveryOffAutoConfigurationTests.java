package io.github.grpcdiscovery.autoconfigure.client;

import io.grpc.ManagedChannelBuilder;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.FakeRegistry;
import io.github.grpcdiscovery.autoconfigure.client.DiscoveryOffAutoConfiguration.DiscoveryOffCustomizer;
import io.github.grpcdiscovery.testsupport.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;

class DiscoveryOffAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DiscoveryAutoConfiguration.class, DiscoveryOffAutoConfiguration.class))
		.withUserConfiguration(Channels.class)
		.withPropertyValues("spring.profiles.active=prod", "grpc.client.fixed.address=static://localhost:1",
				"spring.grpc.client.channel.fixed.target=static://localhost:1");

	@Test
	void bareNameOfNetDevhIsWarnedOfOnceWithTheProfiles() {
		this.runner.run((context) -> {
			try (CapturedLog log = new CapturedLog(DiscoveryOffWarning.class)) {
				GrpcChannelConfigurer configurer = context.getBean(GrpcChannelConfigurer.class);
				ManagedChannelBuilder<?> builder = mock();
				configurer.accept(builder, "fixed");
				assertThat(log.warnings()).isEmpty();
				configurer.accept(builder, "tag-service");
				configurer.accept(builder, "other-service");
				assertThat(log.warnings()).singleElement().asString().contains("prod", "the channel 'tag-service'");
				verifyNoInteractions(builder);
			}
		});
	}

	@Test
	@SuppressWarnings("unchecked")
	void bareNameOfSpringBootIsWarnedOfOnceWithTheProfiles() {
		this.runner.run((context) -> {
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
	void isAbsentWithARegistryAndWhereDiscoveryIsSwitchedOff() {
		this.runner.withBean(Registry.class, () -> new FakeRegistry("fake"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(GrpcChannelConfigurer.class));
		this.runner.withPropertyValues("grpc.discovery.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(GrpcChannelConfigurer.class));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties({ GrpcChannelsProperties.class, GrpcClientProperties.class })
	static class Channels {

	}

}
