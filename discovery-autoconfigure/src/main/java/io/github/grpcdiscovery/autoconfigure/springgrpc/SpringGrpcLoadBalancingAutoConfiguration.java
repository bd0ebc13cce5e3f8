package io.github.grpcdiscovery.autoconfigure.springgrpc;

import java.util.function.Supplier;

import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.AbstractStub;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.grpc.client.autoconfigure.GrpcChannelFactoryCustomizer;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;
import io.github.grpcdiscovery.autoconfigure.client.BalancingCustomizer;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of how calls are balanced on the
 * channels of Spring Boot's own gRPC client. Apart, since it comes after what Spring Boot
 * sets by its properties.
 */
@AutoConfiguration(after = SpringGrpcClientAutoConfiguration.class,
		afterName = "org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration")
@ConditionalOnClass({ GrpcChannelFactoryCustomizer.class, GrpcChannelFactory.class, AbstractStub.class })
@ConditionalOnBooleanProperty(
		name = { "grpc.discovery.enabled", "grpc.discovery.client.enabled", "spring.grpc.client.enabled" },
		matchIfMissing = true)
@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
public final class SpringGrpcLoadBalancingAutoConfiguration {

	@Bean
	<T extends ManagedChannelBuilder<T>> BalancingBuilderCustomizer<T> discoveryBalancingCustomizer(
			DiscoveryClientProperties properties, ObjectProvider<DiscoveryVirtualTargets> targets,
			ObjectProvider<GrpcClientProperties> client, Environment environment) {
		return new BalancingBuilderCustomizer<>(BalancingCustomizer.of(properties, environment), targets::getObject,
				client);
	}

	/**
	 * Gives the policy to each channel that is looked up in a registry and is to have
	 * round robin.
	 *
	 * @param <T> type of the builder; any, so that it is applied to every kind of channel
	 */
	static final class BalancingBuilderCustomizer<T extends ManagedChannelBuilder<T>>
			implements GrpcChannelBuilderCustomizer<T> {

		private final BalancingCustomizer balancing;

		private final Supplier<DiscoveryVirtualTargets> targets;

		private final ObjectProvider<GrpcClientProperties> client;

		BalancingBuilderCustomizer(BalancingCustomizer balancing, Supplier<DiscoveryVirtualTargets> targets,
				ObjectProvider<GrpcClientProperties> client) {
			this.balancing = balancing;
			this.targets = targets;
			this.client = client;
		}

		@Override
		public void customize(String target, T builder) {
			if (this.targets.get().isLookedUp(target)) {
				this.balancing.configure(builder, policy(target));
			}
		}

		// as Spring Boot finds it
		private String policy(String target) {
			GrpcClientProperties properties = this.client.getIfAvailable(GrpcClientProperties::new);
			GrpcClientProperties.Channel channel = properties.getChannel().get(target);
			channel = (channel != null) ? channel : properties.getChannel().get("default");
			channel = (channel != null) ? channel : new GrpcClientProperties.Channel();
			return channel.getDefault().getLoadBalancingPolicy();
		}

	}

}
