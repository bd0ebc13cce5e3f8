package io.github.grpcdiscovery.autoconfigure.etcd;

import io.etcd.jetcd.Client;
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

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.autoconfigure.CompositeDiscoveryObserver;
import io.github.grpcdiscovery.autoconfigure.ConditionalOnDiscoveryEnabled;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;
import io.github.grpcdiscovery.autoconfigure.OnRegistryCondition;
import io.github.grpcdiscovery.autoconfigure.RegistryLocation;
import io.github.grpcdiscovery.etcd.EtcdRegistry;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.snapshot.SnapshotFiles;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the registry etcd.
 */
@AutoConfiguration(before = DiscoveryAutoConfiguration.class, after = SslAutoConfiguration.class)
@ConditionalOnDiscoveryEnabled
@ConditionalOnClass(Client.class)
@Conditional(EtcdRegistryAutoConfiguration.OnEtcdCondition.class)
@EnableConfigurationProperties({ EtcdProperties.class, DiscoveryClientProperties.class })
public final class EtcdRegistryAutoConfiguration {

	// parameters have the names of beans, by which Spring finds one at once; where there
	// is
	// another, it looks through all beans by their types

	@Bean
	@ConditionalOnMissingBean(EtcdConnectionDetails.class)
	PropertiesEtcdConnectionDetails etcdConnectionDetails(EtcdProperties properties,
			ObjectProvider<SslBundles> sslBundleRegistry) {
		return new PropertiesEtcdConnectionDetails(properties, sslBundleRegistry.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	EtcdSettings etcdSettings(EtcdProperties properties, EtcdConnectionDetails etcdConnectionDetails) {
		return EtcdSettingsFactory.settings(properties, etcdConnectionDetails);
	}

	@Bean
	@ConditionalOnMissingBean
	EtcdRegistry etcdRegistry(EtcdSettings etcdSettings, DiscoveryClientProperties client,
			ObjectProvider<DiscoveryObserver> observers, ObjectProvider<SnapshotFiles> grpcDiscoverySnapshotFiles) {
		WatchSettings watch = client.watchSettings(WatchSettings.DEFAULT,
				snapshots(etcdSettings, grpcDiscoverySnapshotFiles));
		return new EtcdRegistry(etcdSettings, watch, Backoff.DEFAULT,
				CompositeDiscoveryObserver.of(observers.orderedStream()));
	}

	private static Snapshots snapshots(EtcdSettings settings, ObjectProvider<SnapshotFiles> snapshots) {
		SnapshotFiles files = snapshots.getIfAvailable();
		return (files != null) ? files.of(settings.namespace()) : Snapshots.NONE;
	}

	@Bean
	RegistryLocation etcdRegistryLocation(EtcdSettings etcdSettings) {
		return new RegistryLocation(EtcdRegistry.NAME, etcdSettings.addresses());
	}

	static class OnEtcdCondition extends OnRegistryCondition {

		OnEtcdCondition() {
			super(EtcdRegistry.NAME, "grpc.discovery.etcd.endpoints", EtcdConnectionDetails.class);
		}

	}

}
