package io.github.grpcdiscovery.local;

import java.nio.file.Path;
import java.time.Duration;

import io.github.grpcdiscovery.InvalidSettingException;

/**
 * Collects settings. Each method returns the builder. Not safe for use by several
 * threads.
 */
public final class LocalSettingsBuilder {

	private final Path directory;

	private Duration ttl = LocalSettings.DEFAULT_TTL;

	private Duration pollInterval = LocalSettings.DEFAULT_POLL_INTERVAL;

	LocalSettingsBuilder(Path directory) {
		this.directory = directory;
	}

	/** How long an instance outlives its process, 1 s to 1 day. */
	public LocalSettingsBuilder ttl(Duration ttl) {
		this.ttl = ttl;
		return this;
	}

	/** How often the directory is read in any case, 10 ms to the TTL. */
	public LocalSettingsBuilder pollInterval(Duration pollInterval) {
		this.pollInterval = pollInterval;
		return this;
	}

	/**
	 * Checks everything and makes the settings.
	 * @return the settings
	 * @throws InvalidSettingException naming the setting, its value and its rule
	 */
	public LocalSettings build() {
		return new LocalSettings(this.directory, this.ttl, this.pollInterval);
	}

}
