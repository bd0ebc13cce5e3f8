package io.github.grpcdiscovery.autoconfigure;

import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.snapshot.SnapshotFiles;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of what all registries share.
 */
@AutoConfiguration
@ConditionalOnDiscoveryEnabled
@EnableConfigurationProperties({ DiscoveryProperties.class, DiscoveryClientProperties.class })
public final class DiscoveryAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(DiscoveryAutoConfiguration.class);

	DiscoveryAutoConfiguration(DiscoveryProperties properties, BeanFactory beanFactory) {
		if (beanFactory.containsBean(ConfiguredRegistries.BEAN_NAME)) {
			return;
		}
		if (!properties.getRegistry().isEmpty()) {
			throw ConfiguredRegistries.unknown(properties.getRegistry().get(0), Set.of());
		}
		logger.info("gRPC discovery is off, since no registry is configured. To switch it on, set "
				+ "grpc.discovery.etcd.endpoints or grpc.discovery.consul.host, or grpc.discovery.registry=local for the "
				+ "embedded registry.");
	}

	@Bean(ConfiguredRegistries.BEAN_NAME)
	@ConditionalOnBean(Registry.class)
	@ConditionalOnMissingBean(name = ConfiguredRegistries.BEAN_NAME)
	ConfiguredRegistries configuredRegistries(ObjectProvider<Registry> registries, DiscoveryProperties properties) {
		return ConfiguredRegistries.of(registries.orderedStream().toList(), properties.getRegistry());
	}

	/** The lists that are kept on disk. */
	@Bean
	@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
	@ConditionalOnBooleanProperty(name = { "grpc.discovery.client.enabled", "grpc.discovery.client.snapshot.enabled" },
			matchIfMissing = true)
	@ConditionalOnMissingBean
	SnapshotFiles grpcDiscoverySnapshotFiles(DiscoveryClientProperties properties, Environment environment) {
		return SnapshotFilesFactory.files(properties, environment);
	}

}
