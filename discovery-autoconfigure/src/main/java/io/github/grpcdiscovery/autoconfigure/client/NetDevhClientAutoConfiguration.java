package io.github.grpcdiscovery.autoconfigure.client;

import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.ConditionalOnDiscoveryEnabled;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that lets the channels of net.devh's
 * client, and so every {@code @GrpcClient}, look up their servers in the registry.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class,
		beforeName = "net.devh.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration")
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "grpc.discovery.client.enabled", matchIfMissing = true)
@ConditionalOnClass(GrpcChannelConfigurer.class)
@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
public final class NetDevhClientAutoConfiguration {

	static final String CONFIGURER_BEAN_NAME = "discoveryGrpcChannelConfigurer";

	/**
	 * Among the first, so that a configurer of the user's has the last word.
	 */
	@Bean(CONFIGURER_BEAN_NAME)
	@Order(-100)
	GrpcChannelConfigurer discoveryGrpcChannelConfigurer(ObjectProvider<ConfiguredRegistries> registries,
			DiscoveryClientProperties properties, ObjectProvider<GrpcChannelsProperties> channels,
			ConfigurableListableBeanFactory beanFactory) {
		// channels are closed before the registries that they follow
		for (String registry : beanFactory.getBeanNamesForType(Registry.class, true, false)) {
			beanFactory.registerDependentBean(registry, CONFIGURER_BEAN_NAME);
		}
		return new DiscoveryChannelConfigurer(new LazyRegistries(registries::getObject),
				new HangingServers(properties.unresponsiveAfter()),
				(client) -> NetDevhTargets.isLookedUp(channels.getObject(), client),
				(client) -> channels.getObject().getChannel(client).getDefaultLoadBalancingPolicy(),
				properties.isRetryIdempotentCalls());
	}

	@Bean
	static SpringCloudResolverRemover springCloudResolverRemover() {
		return new SpringCloudResolverRemover();
	}

	@Bean
	static DefaultSchemePostProcessor discoveryDefaultSchemePostProcessor() {
		return new DefaultSchemePostProcessor();
	}

}
