package io.github.grpcdiscovery.autoconfigure.actuate;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.github.grpcdiscovery.autoconfigure.ConditionalOnDiscoveryEnabled;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.server.ServerRegistrar;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the endpoint
 * {@code grpcdiscovery}.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class)
@ConditionalOnDiscoveryEnabled
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(GrpcDiscoveryEndpoint.class)
@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
public final class DiscoveryEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	GrpcDiscoveryEndpoint grpcDiscoveryEndpoint(ConfiguredRegistries configuredRegistries,
			ObjectProvider<ServerRegistrar> registrars) {
		return new GrpcDiscoveryEndpoint(configuredRegistries, new OwnRegistrations(registrars));
	}

}
