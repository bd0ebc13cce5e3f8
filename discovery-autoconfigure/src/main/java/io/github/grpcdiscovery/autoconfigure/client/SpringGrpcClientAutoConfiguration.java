package io.github.grpcdiscovery.autoconfigure.client;

import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.AbstractStub;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.grpc.client.autoconfigure.GrpcChannelFactoryCustomizer;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.DefaultGrpcChannelFactory;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.ConditionalOnDiscoveryEnabled;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that lets the channels of Spring
 * Boot's own gRPC client look up their servers in the registry.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class,
		beforeName = "org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration")
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "grpc.discovery.client.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "spring.grpc.client.enabled", matchIfMissing = true)
@ConditionalOnClass({ GrpcChannelFactoryCustomizer.class, GrpcChannelFactory.class, AbstractStub.class })
@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
public final class SpringGrpcClientAutoConfiguration {

	/**
	 * Among the first, so that a customizer of the user's has the last word.
	 */
	@Bean
	@Order(-100)
	<T extends ManagedChannelBuilder<T>> DiscoveryChannelCustomizer<T> discoveryGrpcChannelBuilderCustomizer(
			ObjectProvider<ConfiguredRegistries> registries, DiscoveryClientProperties properties,
			ObjectProvider<DiscoveryVirtualTargets> targets, ConfigurableListableBeanFactory beanFactory) {
		// channels are closed before the registries that they follow
		for (String registry : beanFactory.getBeanNamesForType(Registry.class, true, false)) {
			for (String factory : beanFactory.getBeanNamesForType(GrpcChannelFactory.class, true, false)) {
				beanFactory.registerDependentBean(registry, factory);
			}
		}
		return new DiscoveryChannelCustomizer<>(new LazyRegistries(registries::getObject), targets::getObject,
				properties.isRetryIdempotentCalls());
	}

	@Bean
	@Lazy
	DiscoveryVirtualTargets discoveryVirtualTargets(Environment environment,
			ObjectProvider<GrpcClientProperties> properties) {
		return new DiscoveryVirtualTargets(environment, properties.getIfAvailable(GrpcClientProperties::new));
	}

	/**
	 * Among the first, so that virtual targets of the user's win.
	 */
	@Bean
	@Order(-100)
	GrpcChannelFactoryCustomizer discoveryGrpcChannelFactoryCustomizer(
			ObjectProvider<DiscoveryVirtualTargets> targets) {
		return (factory) -> {
			// what is in this process has a name and no address
			if (factory instanceof DefaultGrpcChannelFactory<?> network && !factory.supports("in-process:any")) {
				network.setVirtualTargets(targets.getObject());
			}
		};
	}

}
