package io.github.grpcdiscovery.autoconfigure.netdevh;

import java.time.Duration;
import java.util.Map;

import io.grpc.ManagedChannelBuilder;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentCaptor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;
import io.github.grpcdiscovery.autoconfigure.FakeRegistry;
import io.github.grpcdiscovery.autoconfigure.client.DiscoveryOffWarning;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;
import io.github.grpcdiscovery.resolver.ServiceSettings;
import io.github.grpcdiscovery.testsupport.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;

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
	void roundRobinBecomesThePolicyThatGoesByLoad() {
		this.runner
			.withPropertyValues("grpc.client.other.default-load-balancing-policy=pick_first",
					"grpc.discovery.client.unresponsive-after=3s")
			.run((context) -> {
				GrpcChannelConfigurer configurer = context.getBean(GrpcChannelConfigurer.class);
				ManagedChannelBuilder<?> echo = mock();
				configurer.accept(echo, "echo");
				verify(echo).defaultLoadBalancingPolicy("discovery_least_load");
				ArgumentCaptor<ServiceSettings> settings = ArgumentCaptor.forClass(ServiceSettings.class);
				verify(echo).setNameResolverArg(eq(DiscoveryNameResolverProvider.BALANCING), settings.capture());
				assertThat(settings.getValue().forService("echo").unresponsiveAfter()).isEqualTo(Duration.ofSeconds(3));
				ManagedChannelBuilder<?> other = mock();
				configurer.accept(other, "other");
				verify(other, never()).defaultLoadBalancingPolicy(any());
			});
		this.runner.withPropertyValues("grpc.discovery.client.balancing.enabled=false").run((context) -> {
			ManagedChannelBuilder<?> echo = mock();
			context.getBean(GrpcChannelConfigurer.class).accept(echo, "echo");
			verify(echo, never()).defaultLoadBalancingPolicy(any());
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "in-process:echo", "unix:/tmp/echo", "static://localhost:9090", "dns:///echo" })
	void channelWithAnotherTargetIsLeftAsItIs(String address) {
		this.runner.withPropertyValues("grpc.client.echo.address=" + address).run((context) -> {
			ManagedChannelBuilder<?> echo = mock();
			context.getBean(GrpcChannelConfigurer.class).accept(echo, "echo");
			verifyNoInteractions(echo);
		});
	}

	@ParameterizedTest
	@CsvSource({ "linger, -1s", "linger, 200000d", "loss-confirmation, -1s", "loss-confirmation, 200000d",
			"unresponsive-after, 100ms", "unresponsive-after, 200000d", "balancing.warm-up, -1s",
			"balancing.warm-up, 200000d", "balancing.subset-size, -1", "services.echo.subset-size, 20000",
			"services.echo.warm-up, -1s", "services.echo.unresponsive-after, 100ms",
			"services.[helloworld.Greeter].unresponsive-after, 100ms" })
	void wrongSettingsAreToldByName(String property, String value) {
		DiscoveryClientProperties properties = new DiscoveryClientProperties();
		new Binder(new MapConfigurationPropertySource(Map.of("client." + property, value))).bind("client",
				Bindable.ofInstance(properties));
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(() -> {
			properties.watchSettings(WatchSettings.DEFAULT, Snapshots.NONE);
			properties.balancingSettings(null, "client");
		}).satisfies((ex) -> assertThat(ex.getName()).isEqualTo("grpc.discovery.client." + property));
	}

	@Test
	void isAbsentWithoutARegistry() {
		this.off.run((context) -> {
			assertThat(context).hasNotFailed()
				.doesNotHaveBean(NetDevhClientAutoConfiguration.CONFIGURER_BEAN_NAME)
				.doesNotHaveBean(NetDevhUsedChannels.class);
			assertThat(context.getBean(GrpcChannelsProperties.class).getDefaultScheme()).isNull();
		});
	}

	@Test
	void bareNameWithoutARegistryIsWarnedOfOnceWithTheProfiles() {
		this.off.withPropertyValues("spring.profiles.active=prod", "grpc.client.fixed.address=static://localhost:1")
			.run((context) -> {
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
	void nothingIsWarnedOfWhereDiscoveryIsSwitchedOff() {
		for (String property : new String[] { "grpc.discovery.client.enabled", "grpc.discovery.enabled" }) {
			this.off.withPropertyValues(property + "=false")
				.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(GrpcChannelConfigurer.class));
		}
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
