package io.github.grpcdiscovery.local;

import java.nio.file.Path;
import java.time.Duration;

import io.github.grpcdiscovery.InvalidSettingException;
import io.github.grpcdiscovery.internal.util.Durations;

/**
 * Where the files are and how long they count.
 *
 * @param directory holds the files; created for its owner only when it is missing; made
 * absolute
 * @param ttl how long an instance outlives its process, 1 second to 1 day; its file is
 * touched three times as often
 * @param pollInterval how often the directory is read whether or not the operating system
 * reported a change, 10 milliseconds to the TTL
 */
public record LocalSettings(Path directory, Duration ttl, Duration pollInterval) {

	/** How long an instance outlives its process by default: 5 seconds. */
	public static final Duration DEFAULT_TTL = Duration.ofSeconds(5);

	/** How often the directory is read by default: each second. */
	public static final Duration DEFAULT_POLL_INTERVAL = Duration.ofSeconds(1);

	private static final Duration MIN_TTL = Duration.ofSeconds(1);

	private static final Duration MAX_TTL = Duration.ofDays(1);

	private static final Duration MIN_POLL_INTERVAL = Duration.ofMillis(10);

	/**
	 * Checks every component.
	 * @throws InvalidSettingException naming the component, its value and the rule it
	 * broke
	 */
	public LocalSettings {
		if (directory.toString().isEmpty() || directory.toAbsolutePath().normalize().getFileName() == null) {
			throw InvalidSettingException.of("directory", directory,
					"a directory of its own, such as /tmp/grpc-discovery");
		}
		directory = directory.toAbsolutePath().normalize();
		InvalidSettingException.requireBetween("ttl", ttl, MIN_TTL, MAX_TTL);
		if (pollInterval.compareTo(MIN_POLL_INTERVAL) < 0 || pollInterval.compareTo(ttl) > 0) {
			throw InvalidSettingException.of("poll-interval", pollInterval,
					"10ms to the TTL of " + Durations.text(ttl));
		}
	}

	/**
	 * The default times for a directory.
	 * @param directory holds the files
	 * @return settings with a TTL of 5 seconds
	 * @throws InvalidSettingException if the directory breaks its rule
	 */
	public static LocalSettings of(Path directory) {
		return builder(directory).build();
	}

	/**
	 * Begins with the default times.
	 * @param directory holds the files
	 * @return checks everything when it builds
	 */
	public static LocalSettingsBuilder builder(Path directory) {
		return new LocalSettingsBuilder(directory);
	}

	/**
	 * Begins a changed copy.
	 * @return a builder that has everything of these settings
	 */
	public LocalSettingsBuilder toBuilder() {
		return builder(this.directory).ttl(this.ttl).pollInterval(this.pollInterval);
	}

	/**
	 * How often a live process says that it is alive.
	 */
	Duration heartbeat() {
		return this.ttl.dividedBy(3);
	}

}
