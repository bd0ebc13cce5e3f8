package io.github.grpcdiscovery.autoconfigure.local;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.autoconfigure.CompositeDiscoveryObserver;
import io.github.grpcdiscovery.autoconfigure.ConditionalOnDiscoveryEnabled;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;
import io.github.grpcdiscovery.autoconfigure.OnRegistryCondition;
import io.github.grpcdiscovery.autoconfigure.RegistryLocation;
import io.github.grpcdiscovery.autoconfigure.SpringBootTests;
import io.github.grpcdiscovery.local.LocalRegistry;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the embedded registry.
 */
@AutoConfiguration(before = DiscoveryAutoConfiguration.class)
@ConditionalOnDiscoveryEnabled
@Conditional(LocalRegistryAutoConfiguration.OnLocalCondition.class)
@EnableConfigurationProperties({ LocalProperties.class, DiscoveryClientProperties.class })
public final class LocalRegistryAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	LocalRegistry localRegistry(LocalProperties properties, DiscoveryClientProperties client,
			ObjectProvider<DiscoveryObserver> observers, Environment environment) {
		return new LocalRegistry(properties.toSettings(SpringBootTests.isOne(environment)),
				client.watchSettings(LocalRegistry.DEFAULT_WATCH_SETTINGS, Snapshots.NONE),
				CompositeDiscoveryObserver.of(observers.orderedStream()));
	}

	@Bean
	RegistryLocation localRegistryLocation() {
		return RegistryLocation.thisMachine(LocalRegistry.NAME);
	}

	static class OnLocalCondition extends OnRegistryCondition {

		OnLocalCondition() {
			super(LocalRegistry.NAME, "grpc.discovery.local.directory", null);
		}

	}

}
