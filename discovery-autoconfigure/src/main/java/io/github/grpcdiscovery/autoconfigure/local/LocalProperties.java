package io.github.grpcdiscovery.autoconfigure.local;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

import io.github.grpcdiscovery.autoconfigure.PropertyCheck;
import io.github.grpcdiscovery.autoconfigure.SettingErrors;
import io.github.grpcdiscovery.local.LocalSettings;

/**
 * The embedded registry: files in one directory of this machine.
 */
@ConfigurationProperties("grpc.discovery.local")
public class LocalProperties {

	private static final String PREFIX = "grpc.discovery.local.";

	/**
	 * Directory that holds the registry, the same for all processes that should find each
	 * other. Setting it switches the embedded registry on. Defaults to
	 * 'grpc-discovery-USER' in the JVM's temporary directory, and in a '@SpringBootTest'
	 * to one of the JVM alone.
	 */
	private @Nullable String directory; // not a Path: Spring would look for it on the
										// class path

	/**
	 * How long an instance is still found after its process died without leaving, 1s to
	 * 1d.
	 */
	private Duration ttl = Duration.ofSeconds(5);

	/**
	 * How often the directory is read whether or not the operating system reported a
	 * change, 10ms to the TTL.
	 */
	private Duration pollInterval = Duration.ofSeconds(1);

	public @Nullable String getDirectory() {
		return this.directory;
	}

	public void setDirectory(@Nullable String directory) {
		this.directory = directory;
	}

	public Duration getTtl() {
		return this.ttl;
	}

	public void setTtl(Duration ttl) {
		this.ttl = ttl;
	}

	public Duration getPollInterval() {
		return this.pollInterval;
	}

	public void setPollInterval(Duration pollInterval) {
		this.pollInterval = pollInterval;
	}

	/**
	 * The directory to use.
	 * @param test whether a test started the application
	 * @return the configured one or the default
	 */
	Path directoryOrDefault(boolean test) {
		String directory = this.directory;
		if (directory != null) {
			return PropertyCheck.of(PREFIX + "directory", directory, () -> Path.of(directory));
		}
		if (test) {
			return TestDirectory.ofThisProcess();
		}
		String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "_");
		return Path.of(System.getProperty("java.io.tmpdir"), "grpc-discovery-" + user);
	}

	/**
	 * The checked settings.
	 * @param test whether a test started the application
	 * @return what the registry is made with
	 */
	LocalSettings toSettings(boolean test) {
		Path directory = directoryOrDefault(test);
		return SettingErrors.below(PREFIX)
			.check(() -> LocalSettings.builder(directory).ttl(this.ttl).pollInterval(this.pollInterval).build());
	}

}
