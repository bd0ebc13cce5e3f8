package io.github.grpcdiscovery.autoconfigure.consul;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.ecwid.consul.v1.ConsulRawClient;
import org.apache.http.client.HttpClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
import org.springframework.core.env.Environment;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.autoconfigure.CompositeDiscoveryObserver;
import io.github.grpcdiscovery.autoconfigure.ConditionalOnDiscoveryEnabled;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;
import io.github.grpcdiscovery.autoconfigure.OnRegistryCondition;
import io.github.grpcdiscovery.autoconfigure.RegistryLocation;
import io.github.grpcdiscovery.autoconfigure.server.ServerTransport;
import io.github.grpcdiscovery.consul.ConsulRegistry;
import io.github.grpcdiscovery.consul.ConsulSettings;
import io.github.grpcdiscovery.snapshot.SnapshotFiles;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the registry Consul.
 */
@AutoConfiguration(before = DiscoveryAutoConfiguration.class, after = SslAutoConfiguration.class)
@ConditionalOnDiscoveryEnabled
@ConditionalOnClass({ ConsulRawClient.class, HttpClient.class })
@Conditional(ConsulRegistryAutoConfiguration.OnConsulCondition.class)
@EnableConfigurationProperties({ ConsulProperties.class, DiscoveryClientProperties.class })
public final class ConsulRegistryAutoConfiguration {

	// parameters have the names of beans, by which Spring finds one at once; where there
	// is
	// another, it looks through all beans by their types

	private static final Logger logger = LoggerFactory.getLogger(ConsulRegistryAutoConfiguration.class);

	private static final Duration NODE_ADDRESS_TIMEOUT = Duration.ofSeconds(1);

	@Bean
	@ConditionalOnMissingBean(ConsulConnectionDetails.class)
	PropertiesConsulConnectionDetails consulConnectionDetails(ConsulProperties properties,
			ObjectProvider<SslBundles> sslBundleRegistry) {
		return new PropertiesConsulConnectionDetails(properties, sslBundleRegistry.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	ConsulSettings consulSettings(ConsulProperties properties, ConsulConnectionDetails consulConnectionDetails,
			Environment environment) {
		return ConsulSettingsFactory.settings(properties, consulConnectionDetails, ServerTransport.of(environment));
	}

	@Bean
	@ConditionalOnMissingBean
	ConsulRegistry consulRegistry(ConsulSettings consulSettings, DiscoveryClientProperties client,
			ObjectProvider<DiscoveryObserver> observers, ObjectProvider<SnapshotFiles> grpcDiscoverySnapshotFiles) {
		WatchSettings watch = client.watchSettings(WatchSettings.DEFAULT,
				snapshots(consulSettings, grpcDiscoverySnapshotFiles));
		return new ConsulRegistry(consulSettings, watch, ConsulRegistry.REGISTRATION_BACKOFF,
				CompositeDiscoveryObserver.of(observers.orderedStream()));
	}

	private static Snapshots snapshots(ConsulSettings settings, ObjectProvider<SnapshotFiles> snapshots) {
		SnapshotFiles files = snapshots.getIfAvailable();
		return (files != null)
				? files.of("%s %s %s".formatted(settings.namespace(), settings.partition(), settings.query()))
				: Snapshots.NONE;
	}

	@Bean
	RegistryLocation consulRegistryLocation(ConsulSettings consulSettings,
			ObjectProvider<ConsulRegistry> consulRegistry) {
		return new RegistryLocation(ConsulRegistry.NAME,
				List.of(HostAndPort.parse(consulSettings.agent().getRawAuthority())),
				() -> nodeAddress(consulRegistry.getObject()));
	}

	@Bean
	ProbeRequirement consulProbeRequirement(ConsulSettings consulSettings, Environment environment) {
		return new ProbeRequirement(consulSettings.check(), ServerTransport.of(environment));
	}

	// the start waits for it: an agent that is away must not hold it up
	private static @Nullable String nodeAddress(ConsulRegistry registry) {
		try {
			return registry.nodeAddress().get(NODE_ADDRESS_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("{} does not say which address its node has", registry.description(), ex);
		}
		return null;
	}

	static class OnConsulCondition extends OnRegistryCondition {

		OnConsulCondition() {
			super(ConsulRegistry.NAME, "grpc.discovery.consul.host", ConsulConnectionDetails.class);
		}

	}

}
