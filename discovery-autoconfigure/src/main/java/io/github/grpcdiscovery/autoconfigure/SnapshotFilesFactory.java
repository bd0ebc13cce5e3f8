package io.github.grpcdiscovery.autoconfigure;

import java.nio.file.Path;
import java.time.Clock;

import org.springframework.core.env.Environment;

import io.github.grpcdiscovery.snapshot.SnapshotFiles;

/**
 * Makes the files for lists from the properties, and says which property is wrong if it
 * cannot.
 */
final class SnapshotFilesFactory {

	private static final String PREFIX = "grpc.discovery.client.snapshot.";

	private SnapshotFilesFactory() {
	}

	static SnapshotFiles files(DiscoveryClientProperties properties, Environment environment) {
		String configured = properties.getSnapshot().getDirectory();
		Path directory = (configured != null)
				? PropertyCheck.of(PREFIX + "directory", configured, () -> Path.of(configured))
				: defaultDirectory(environment);
		return SettingErrors.below(PREFIX)
			.check(() -> new SnapshotFiles(directory, properties.getSnapshot().getMaxAge(), Clock.systemUTC()));
	}

	private static Path defaultDirectory(Environment environment) {
		String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "_");
		String application = environment.getProperty("spring.application.name", "").replaceAll("[^A-Za-z0-9_-]", "_");
		return Path.of(System.getProperty("java.io.tmpdir"), "grpc-discovery-snapshots-" + user,
				application.isEmpty() ? "_" : application);
	}

}
