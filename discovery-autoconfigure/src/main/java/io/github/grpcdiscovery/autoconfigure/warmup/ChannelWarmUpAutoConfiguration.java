package io.github.grpcdiscovery.autoconfigure.warmup;

import io.grpc.stub.AbstractStub;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.VirtualTargets;

import io.github.grpcdiscovery.autoconfigure.ConditionalOnDiscoveryEnabled;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;
import io.github.grpcdiscovery.autoconfigure.client.DiscoveryVirtualTargets;
import io.github.grpcdiscovery.autoconfigure.inject.GrpcClientInjectionAutoConfiguration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that connects the channels of an
 * application while it starts.
 */
@AutoConfiguration(after = GrpcClientInjectionAutoConfiguration.class,
		afterName = { "net.devh.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration",
				"io.github.grpcdiscovery.autoconfigure.client.SpringGrpcClientAutoConfiguration" })
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "grpc.discovery.client.enabled", matchIfMissing = true)
@ConditionalOnClass(AbstractStub.class)
@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
public final class ChannelWarmUpAutoConfiguration {

	@Bean
	ChannelWarmUp discoveryChannelWarmUp(ObjectProvider<UsedChannels> stacks, DiscoveryClientProperties properties) {
		return new ChannelWarmUp(stacks.orderedStream().toList(), properties.warmUp());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(GrpcChannelFactory.class)
	@ConditionalOnBean(GrpcChannelFactory.class)
	static class NetDevhConfiguration {

		@Bean
		NetDevhUsedChannels discoveryNetDevhUsedChannels(ConfigurableListableBeanFactory beanFactory) {
			return new NetDevhUsedChannels(beanFactory);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(VirtualTargets.class)
	@ConditionalOnBean(DiscoveryVirtualTargets.class)
	static class SpringGrpcConfiguration {

		@Bean
		SpringGrpcUsedChannels discoverySpringGrpcUsedChannels(ConfigurableListableBeanFactory beanFactory) {
			return new SpringGrpcUsedChannels(beanFactory);
		}

	}

}
