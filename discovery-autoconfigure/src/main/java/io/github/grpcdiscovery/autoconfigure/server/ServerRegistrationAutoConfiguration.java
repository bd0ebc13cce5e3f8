package io.github.grpcdiscovery.autoconfigure.server;

import java.util.List;
import java.util.stream.Collectors;

import io.grpc.Server;
import io.grpc.protobuf.services.HealthStatusManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.ApplicationZone;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.RegistryLocation;
import io.github.grpcdiscovery.internal.registration.AdvertisedAddresses;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that registers this application's
 * gRPC server.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class,
		afterName = { "net.devh.boot.grpc.server.autoconfigure.GrpcHealthServiceAutoConfiguration",
				"net.devh.boot.grpc.server.autoconfigure.GrpcServerFactoryAutoConfiguration",
				"org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration",
				"org.springframework.boot.grpc.server.autoconfigure.health.GrpcServerHealthAutoConfiguration" })
@ConditionalOnBooleanProperty(prefix = "grpc.discovery", name = { "enabled", "registration.enabled" },
		matchIfMissing = true)
@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
@EnableConfigurationProperties(RegistrationProperties.class)
public final class ServerRegistrationAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(ServerRegistrationAutoConfiguration.class);

	// a child context with a server of its own has a registration of its own
	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	ServerRegistrar grpcServerRegistrar(ConfiguredRegistries configuredRegistries,
			ObjectProvider<RegistryLocation> locations, RegistrationProperties properties, Environment environment,
			ObjectProvider<ServiceInstanceCustomizer> customizers, ObjectProvider<SelfCheck> grpcServerSelfCheck) {
		List<Registry> chosen = configuredRegistries.chosen();
		List<Registry> allowed = TestRegistrations.allowed(chosen, environment);
		if (allowed.size() < chosen.size()) {
			logger.info(
					"In a @SpringBootTest no gRPC server is registered in {}. To register it, set "
							+ "grpc.discovery.registration.enabled=true in the test",
					chosen.stream()
						.filter((registry) -> !allowed.contains(registry))
						.map(Registry::description)
						.collect(Collectors.joining(" and ")));
		}
		List<String> names = allowed.stream().map(Registry::name).toList();
		List<RegistryLocation> allowedLocations = locations.stream()
			.filter((location) -> names.contains(location.registry()))
			.toList();
		ServiceInstanceFactory instances = new ServiceInstanceFactory(properties,
				environment.getProperty("spring.application.name"), ApplicationZone.of(environment),
				AdvertisedAddresses.ofThisMachine(), customizers.orderedStream());
		return new ServerRegistrar(allowed, allowedLocations, instances, properties.checked(),
				grpcServerSelfCheck.getIfAvailable(() -> SelfCheck.NONE));
	}

	/** Where there is gRPC at all. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Server.class)
	static class EventsConfiguration {

		@Bean
		SelfCheck grpcServerSelfCheck(RegistrationProperties properties, Environment environment) {
			return new HealthSelfCheck(properties.getSelfCheck(), () -> ServerTransport.of(environment).tls());
		}

		@Bean(ServerEvents.BEAN_NAME)
		ServerEvents grpcServerEvents(ServerRegistrar grpcServerRegistrar, ConfiguredRegistries configuredRegistries,
				ObjectProvider<ServingStatus> grpcServingStatus, ObjectProvider<ServerRequirement> requirements,
				Environment environment) {
			List<String> names = TestRegistrations.allowed(configuredRegistries.chosen(), environment)
				.stream()
				.map(Registry::name)
				.toList();
			return new ServerEvents(grpcServerRegistrar, grpcServingStatus.getIfAvailable(),
					requirements.orderedStream()
						.filter((requirement) -> names.contains(requirement.registry()))
						.toList());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HealthStatusManager.class)
	@ConditionalOnSingleCandidate(HealthStatusManager.class)
	static class HealthConfiguration {

		@Bean
		ServingStatus grpcServingStatus(HealthStatusManager healthStatusManager) {
			return new ServingStatus(healthStatusManager);
		}

	}

}
