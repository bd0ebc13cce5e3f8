package io.github.grpcdiscovery.autoconfigure;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

import io.github.grpcdiscovery.snapshot.SnapshotFiles;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the lists that are kept on disk.
 */
@AutoConfiguration
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = { "grpc.discovery.client.enabled", "grpc.discovery.client.snapshot.enabled" },
		matchIfMissing = true)
@EnableConfigurationProperties(DiscoveryClientProperties.class)
public final class SnapshotAutoConfiguration {

	private static final String PREFIX = "grpc.discovery.client.snapshot.";

	// lazily: registries ask for it, and there may be none
	@Bean
	@Lazy
	@ConditionalOnMissingBean
	SnapshotFiles grpcDiscoverySnapshotFiles(DiscoveryClientProperties properties, Environment environment) {
		String configured = properties.getSnapshot().getDirectory();
		Path directory = (configured != null)
				? PropertyCheck.of(PREFIX + "directory", configured, () -> Path.of(configured))
				: defaultDirectory(environment);
		Duration maxAge = properties.getSnapshot().getMaxAge();
		return PropertyCheck.of(PREFIX + "max-age", maxAge,
				() -> new SnapshotFiles(directory, maxAge, Clock.systemUTC()));
	}

	private static Path defaultDirectory(Environment environment) {
		String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "_");
		String application = environment.getProperty("spring.application.name", "").replaceAll("[^A-Za-z0-9_-]", "_");
		return Path.of(System.getProperty("java.io.tmpdir"), "grpc-discovery-snapshots-" + user,
				application.isEmpty() ? "_" : application);
	}

}
