package io.github.grpcdiscovery.autoconfigure.actuate;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.github.grpcdiscovery.autoconfigure.ConditionalOnDiscoveryEnabled;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the meters
 * {@code grpc.discovery.*}.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class)
@ConditionalOnDiscoveryEnabled
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
public final class DiscoveryMetricsAutoConfiguration {

	// asks for no meter registry: the registries are made before there is one
	@Bean
	@ConditionalOnMissingBean
	DiscoveryMetrics grpcDiscoveryMetrics() {
		return new DiscoveryMetrics();
	}

}
