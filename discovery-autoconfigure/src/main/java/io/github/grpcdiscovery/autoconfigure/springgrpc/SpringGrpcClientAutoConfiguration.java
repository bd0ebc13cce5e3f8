package io.github.grpcdiscovery.autoconfigure.springgrpc;

import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.AbstractStub;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.grpc.client.autoconfigure.GrpcChannelFactoryCustomizer;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.DefaultGrpcChannelFactory;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;
import io.github.grpcdiscovery.autoconfigure.client.DiscoveryOffWarning;
import io.github.grpcdiscovery.autoconfigure.client.LazyRegistries;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that lets the channels of Spring
 * Boot's own gRPC client look up their servers in the registry. Where no registry is
 * configured, it warns of channels that would be looked up in one.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class,
		beforeName = "org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration")
@ConditionalOnClass({ GrpcChannelFactoryCustomizer.class, GrpcChannelFactory.class, AbstractStub.class })
@ConditionalOnBooleanProperty(
		name = { "grpc.discovery.enabled", "grpc.discovery.client.enabled", "spring.grpc.client.enabled" },
		matchIfMissing = true)
public final class SpringGrpcClientAutoConfiguration {

	/**
	 * Among the first, so that a customizer of the user's has the last word.
	 */
	@Bean
	@Order(-100)
	@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
	<T extends ManagedChannelBuilder<T>> DiscoveryChannelCustomizer<T> discoveryGrpcChannelBuilderCustomizer(
			ObjectProvider<ConfiguredRegistries> configuredRegistries, DiscoveryClientProperties properties,
			ObjectProvider<DiscoveryVirtualTargets> discoveryVirtualTargets,
			ConfigurableListableBeanFactory beanFactory) {
		// channels are closed before the registries that they follow
		for (String registry : beanFactory.getBeanNamesForType(Registry.class, true, false)) {
			for (String factory : beanFactory.getBeanNamesForType(GrpcChannelFactory.class, true, false)) {
				beanFactory.registerDependentBean(registry, factory);
			}
		}
		return new DiscoveryChannelCustomizer<>(new LazyRegistries(configuredRegistries::getObject),
				discoveryVirtualTargets::getObject, properties.isRetryIdempotentCalls(),
				properties.getServiceConfig().isEnabled());
	}

	@Bean
	@Lazy
	@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
	DiscoveryVirtualTargets discoveryVirtualTargets(Environment environment,
			ObjectProvider<GrpcClientProperties> properties) {
		return new DiscoveryVirtualTargets(environment, properties.getIfAvailable(GrpcClientProperties::new));
	}

	/**
	 * Among the first, so that virtual targets of the user's win.
	 */
	@Bean
	@Order(-100)
	@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
	GrpcChannelFactoryCustomizer discoveryGrpcChannelFactoryCustomizer(
			ObjectProvider<DiscoveryVirtualTargets> discoveryVirtualTargets) {
		return (factory) -> {
			// what is in this process has a name and no address
			if (factory instanceof DefaultGrpcChannelFactory<?> network && !factory.supports("in-process:any")) {
				network.setVirtualTargets(discoveryVirtualTargets.getObject());
			}
		};
	}

	@Bean
	@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
	SpringGrpcUsedChannels discoverySpringGrpcUsedChannels(ConfigurableListableBeanFactory beanFactory) {
		return new SpringGrpcUsedChannels(beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean(name = ConfiguredRegistries.BEAN_NAME)
	<T extends ManagedChannelBuilder<T>> DiscoveryOffCustomizer<T> discoveryOffGrpcChannelBuilderCustomizer(
			Environment environment, ObjectProvider<GrpcClientProperties> client) {
		return new DiscoveryOffCustomizer<>(new DiscoveryOffWarning(environment),
				DiscoveryVirtualTargets.of(environment, client));
	}

}
