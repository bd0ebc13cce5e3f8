package io.github.grpcdiscovery.autoconfigure.netdevh;

import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;
import io.github.grpcdiscovery.autoconfigure.client.BalancingCustomizer;
import io.github.grpcdiscovery.autoconfigure.client.DiscoveryOffWarning;
import io.github.grpcdiscovery.autoconfigure.client.LazyRegistries;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that lets the channels of net.devh's
 * client, and so every {@code @GrpcClient}, look up their servers in the registry. Where
 * no registry is configured, it warns of channels that would be looked up in one.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class,
		beforeName = "net.devh.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration")
@ConditionalOnClass(GrpcChannelConfigurer.class)
@ConditionalOnBooleanProperty(prefix = "grpc.discovery", name = { "enabled", "client.enabled" }, matchIfMissing = true)
public final class NetDevhClientAutoConfiguration {

	static final String CONFIGURER_BEAN_NAME = "discoveryGrpcChannelConfigurer";

	/**
	 * Among the first, so that a configurer of the user's has the last word.
	 */
	@Bean(CONFIGURER_BEAN_NAME)
	@Order(-100)
	@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
	GrpcChannelConfigurer discoveryGrpcChannelConfigurer(ObjectProvider<ConfiguredRegistries> configuredRegistries,
			DiscoveryClientProperties properties, ObjectProvider<GrpcChannelsProperties> grpcChannelsProperties,
			ConfigurableListableBeanFactory beanFactory, Environment environment) {
		// channels are closed before the registries that they follow
		for (String registry : beanFactory.getBeanNamesForType(Registry.class, true, false)) {
			beanFactory.registerDependentBean(registry, CONFIGURER_BEAN_NAME);
		}
		return new DiscoveryChannelConfigurer(new LazyRegistries(configuredRegistries::getObject),
				BalancingCustomizer.of(properties, environment), grpcChannelsProperties::getObject,
				properties.isRetryIdempotentCalls(), properties.getServiceConfig().isEnabled());
	}

	@Bean
	@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
	static SpringCloudResolverRemover springCloudResolverRemover() {
		return new SpringCloudResolverRemover();
	}

	@Bean
	@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
	static DefaultSchemePostProcessor discoveryDefaultSchemePostProcessor() {
		return new DefaultSchemePostProcessor();
	}

	@Bean
	@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
	NetDevhUsedChannels discoveryNetDevhUsedChannels(ConfigurableListableBeanFactory beanFactory) {
		return new NetDevhUsedChannels(beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean(name = ConfiguredRegistries.BEAN_NAME)
	GrpcChannelConfigurer discoveryOffGrpcChannelConfigurer(Environment environment,
			ObjectProvider<GrpcChannelsProperties> channels) {
		DiscoveryOffWarning warning = new DiscoveryOffWarning(environment);
		return (builder, name) -> {
			GrpcChannelsProperties properties = channels.getObject();
			boolean uri = name.indexOf(':') >= 0;
			if (!uri && properties.getDefaultScheme() == null && properties.getChannel(name).getAddress() == null) {
				warning.bareName(name);
			}
		};
	}

}
