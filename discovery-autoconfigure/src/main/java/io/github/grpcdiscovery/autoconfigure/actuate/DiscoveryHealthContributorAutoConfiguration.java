package io.github.grpcdiscovery.autoconfigure.actuate;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

import io.github.grpcdiscovery.autoconfigure.ConditionalOnDiscoveryEnabled;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.server.ServerRegistrar;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the health contributor
 * {@code grpcDiscovery}.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class,
		beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnDiscoveryEnabled
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("grpcdiscovery")
@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
public final class DiscoveryHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "grpcDiscoveryHealthIndicator")
	HealthIndicator grpcDiscoveryHealthIndicator(ConfiguredRegistries configuredRegistries,
			ObjectProvider<ServerRegistrar> registrars) {
		return new DiscoveryHealthIndicator(configuredRegistries, new OwnRegistrations(registrars));
	}

}
