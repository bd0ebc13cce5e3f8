package io.github.grpcdiscovery.autoconfigure.client;

import java.util.function.Supplier;

import io.grpc.ManagedChannelBuilder;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.github.grpcdiscovery.autoconfigure.ConditionalOnDiscoveryEnabled;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that warns of channels which would
 * be looked up if a registry were configured.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class,
		beforeName = { "net.devh.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration",
				"org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration" })
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "grpc.discovery.client.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(name = ConfiguredRegistries.BEAN_NAME)
public final class DiscoveryOffAutoConfiguration {

	/** For net.devh's client. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(GrpcChannelConfigurer.class)
	static class NetDevhConfiguration {

		@Bean
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

	/** For the client of Spring Boot's own gRPC. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ GrpcChannelFactory.class, GrpcClientProperties.class })
	@ConditionalOnBooleanProperty(name = "spring.grpc.client.enabled", matchIfMissing = true)
	static class SpringGrpcConfiguration {

		@Bean
		<T extends ManagedChannelBuilder<T>> DiscoveryOffCustomizer<T> discoveryOffGrpcChannelBuilderCustomizer(
				Environment environment, ObjectProvider<GrpcClientProperties> client) {
			return new DiscoveryOffCustomizer<>(new DiscoveryOffWarning(environment),
					DiscoveryVirtualTargets.of(environment, client));
		}

	}

	/**
	 * Looks at each channel of Spring Boot's own gRPC.
	 *
	 * @param <T> type of the builder; any, so that it is applied to every kind of channel
	 */
	static final class DiscoveryOffCustomizer<T extends ManagedChannelBuilder<T>>
			implements GrpcChannelBuilderCustomizer<T> {

		private static final String IN_PROCESS = "io.grpc.inprocess.";

		private final DiscoveryOffWarning warning;

		private final Supplier<DiscoveryVirtualTargets> targets;

		DiscoveryOffCustomizer(DiscoveryOffWarning warning, Supplier<DiscoveryVirtualTargets> targets) {
			this.warning = warning;
			this.targets = targets;
		}

		@Override
		public void customize(String target, T builder) {
			// what is in this process has a name and no address
			if (!builder.getClass().getName().startsWith(IN_PROCESS) && this.targets.get().isBareName(target)) {
				this.warning.bareName(target);
			}
		}

	}

}
