package io.github.grpcdiscovery.autoconfigure.consul;

import java.util.List;

import com.ecwid.consul.v1.ConsulRawClient;
import org.apache.http.client.HttpClient;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.autoconfigure.CompositeDiscoveryObserver;
import io.github.grpcdiscovery.autoconfigure.ConditionalOnDiscoveryEnabled;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;
import io.github.grpcdiscovery.autoconfigure.OnRegistryCondition;
import io.github.grpcdiscovery.autoconfigure.RegistryLocation;
import io.github.grpcdiscovery.consul.ConsulRegistry;
import io.github.grpcdiscovery.consul.ConsulSettings;
import io.github.grpcdiscovery.snapshot.SnapshotFiles;
import io.github.grpcdiscovery.watch.Snapshots;
import io.github.grpcdiscovery.watch.WatchSettings;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the registry Consul.
 */
@AutoConfiguration(before = DiscoveryAutoConfiguration.class, after = SslAutoConfiguration.class)
@ConditionalOnDiscoveryEnabled
@ConditionalOnClass({ ConsulRawClient.class, HttpClient.class })
@Conditional(ConsulRegistryAutoConfiguration.OnConsulCondition.class)
@EnableConfigurationProperties({ ConsulProperties.class, DiscoveryClientProperties.class })
public final class ConsulRegistryAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(ConsulConnectionDetails.class)
	PropertiesConsulConnectionDetails consulConnectionDetails(ConsulProperties properties,
			ObjectProvider<SslBundles> sslBundles) {
		return new PropertiesConsulConnectionDetails(properties, sslBundles.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	ConsulSettings consulSettings(ConsulProperties properties, ConsulConnectionDetails connectionDetails) {
		return ConsulSettingsFactory.settings(properties, connectionDetails);
	}

	@Bean
	@ConditionalOnMissingBean
	ConsulRegistry consulRegistry(ConsulSettings settings, DiscoveryClientProperties client,
			ObjectProvider<DiscoveryObserver> observers, ObjectProvider<SnapshotFiles> snapshots) {
		return new ConsulRegistry(settings, client.watchSettings(WatchSettings.DEFAULT, snapshots(settings, snapshots)),
				ConsulRegistry.REGISTRATION_BACKOFF, CompositeDiscoveryObserver.of(observers.orderedStream()));
	}

	private static Snapshots snapshots(ConsulSettings settings, ObjectProvider<SnapshotFiles> snapshots) {
		SnapshotFiles files = snapshots.getIfAvailable();
		return (files != null)
				? files.of("%s %s %s".formatted(settings.namespace(), settings.partition(), settings.query()))
				: Snapshots.NONE;
	}

	@Bean
	RegistryLocation consulRegistryLocation(ConsulSettings settings) {
		return new RegistryLocation(ConsulRegistry.NAME,
				List.of(HostAndPort.parse(settings.agent().getRawAuthority())));
	}

	static class OnConsulCondition extends OnRegistryCondition {

		OnConsulCondition() {
			super(ConsulRegistry.NAME, "grpc.discovery.consul.host", ConsulConnectionDetails.class);
		}

	}

}
