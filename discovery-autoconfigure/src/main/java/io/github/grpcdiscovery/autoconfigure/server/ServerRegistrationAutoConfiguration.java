package io.github.grpcdiscovery.autoconfigure.server;

import java.util.List;

import io.grpc.protobuf.services.HealthStatusManager;
import net.devh.boot.grpc.server.serverfactory.GrpcServerLifecycle;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.ConditionalOnDiscoveryEnabled;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.RegistryLocation;
import io.github.grpcdiscovery.registration.AdvertisedAddresses;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that registers this application's
 * gRPC server.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class,
		afterName = { "net.devh.boot.grpc.server.autoconfigure.GrpcHealthServiceAutoConfiguration",
				"net.devh.boot.grpc.server.autoconfigure.GrpcServerFactoryAutoConfiguration" })
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "grpc.discovery.registration.enabled", matchIfMissing = true)
@ConditionalOnBean(ConfiguredRegistries.class)
@EnableConfigurationProperties(RegistrationProperties.class)
public final class ServerRegistrationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ServerRegistrar grpcServerRegistrar(ConfiguredRegistries registries, ObjectProvider<RegistryLocation> locations,
			RegistrationProperties properties, Environment environment,
			ObjectProvider<ServiceInstanceCustomizer> customizers) {
		List<String> names = registries.chosen().stream().map(Registry::name).toList();
		List<HostAndPort> endpoints = locations.stream()
			.filter((location) -> names.contains(location.registry()))
			.flatMap((location) -> location.endpoints().stream())
			.toList();
		ServiceInstanceFactory instances = new ServiceInstanceFactory(properties,
				environment.getProperty("spring.application.name"), AdvertisedAddresses.ofThisMachine(),
				customizers.orderedStream());
		return new ServerRegistrar(registries.chosen(), endpoints, instances, properties.checked());
	}

	/** For net.devh's server. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(GrpcServerLifecycle.class)
	static class NetDevhConfiguration {

		@Bean
		NetDevhServerListener netDevhServerListener(ServerRegistrar registrar,
				ObjectProvider<NetDevhServingStatus> servingStatus) {
			return new NetDevhServerListener(registrar, servingStatus.getIfAvailable());
		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(HealthStatusManager.class)
		@ConditionalOnBean(HealthStatusManager.class)
		static class HealthConfiguration {

			@Bean
			NetDevhServingStatus netDevhServingStatus(HealthStatusManager health) {
				return new NetDevhServingStatus(health);
			}

		}

	}

}
