package io.github.grpcdiscovery.autoconfigure.client;

import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.FakeRegistry;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class NetDevhClientAutoConfigurationTests {

	private final ApplicationContextRunner off = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(DiscoveryAutoConfiguration.class, NetDevhClientAutoConfiguration.class))
		.withUserConfiguration(ChannelsConfiguration.class)
		.withBean(GrpcChannelsProperties.class);

	private final ApplicationContextRunner runner = this.off.withBean("fake", Registry.class,
			() -> new FakeRegistry("fake"));

	@Test
	void bareNamesMeanTheRegistry() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(GrpcChannelConfigurer.class);
			assertThat(context.getBean(GrpcChannelsProperties.class).getDefaultScheme()).isEqualTo("discovery");
		});
	}

	@Test
	void schemeOfTheUserWins() {
		this.runner.withPropertyValues("grpc.default-scheme=dns")
			.run((context) -> assertThat(context.getBean(GrpcChannelsProperties.class).getDefaultScheme())
				.isEqualTo("dns"));
	}

	@Test
	void isAbsentWithoutARegistry() {
		this.off.run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(GrpcChannelConfigurer.class);
			assertThat(context.getBean(GrpcChannelsProperties.class).getDefaultScheme()).isNull();
		});
	}

	@Test
	void isAbsentWhenSwitchedOff() {
		this.runner.withPropertyValues("grpc.discovery.client.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(GrpcChannelConfigurer.class));
		this.runner.withPropertyValues("grpc.discovery.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(GrpcChannelConfigurer.class));
	}

	@Test
	void isAbsentWithoutNetDevhsClient() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(DiscoveryAutoConfiguration.class, NetDevhClientAutoConfiguration.class))
			.withBean("fake", Registry.class, () -> new FakeRegistry("fake"))
			.withClassLoader(new FilteredClassLoader("net.devh.boot.grpc.client"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(NetDevhClientAutoConfiguration.CONFIGURER_BEAN_NAME));
	}

	@Test
	void springCloudDoesNotTakeTheSchemeAway(CapturedOutput output) {
		String bean = SpringCloudResolverRemover.BEAN_NAME;
		this.runner.withBean(bean, Object.class).run((context) -> {
			assertThat(context).doesNotHaveBean(bean);
			assertThat(output).containsOnlyOnce("not in Spring Cloud's DiscoveryClient");
		});
		this.runner.withBean(bean, Object.class)
			.withPropertyValues("grpc.discovery.client.enabled=false")
			.run((context) -> assertThat(context).hasBean(bean));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties
	static class ChannelsConfiguration {

	}

}
