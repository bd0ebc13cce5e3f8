package io.github.grpcdiscovery;

import java.time.Duration;

/**
 * Durations as people, properties and Consul write them, such as {@code 30m}, and their
 * bounds.
 */
public final class Durations {

	/**
	 * The longest that a setting takes where nothing shorter is its limit: a year. Timers
	 * count nanoseconds, and after 292 years they overflow.
	 */
	public static final Duration MAX = Duration.ofDays(365);

	private static final long SECONDS_A_DAY = 86_400;

	private Durations() {
	}

	/**
	 * The shortest text of whole minutes, seconds or milliseconds.
	 * @param duration any duration
	 * @return such as {@code 0s}, {@code 1500ms} or {@code 30m}; in ISO form where it has
	 * parts of a millisecond or is longer than {@link #MAX}
	 */
	public static String text(Duration duration) {
		boolean parts = duration.getNano() != 0;
		if (duration.getNano() % 1_000_000 != 0 || (parts && duration.compareTo(MAX) > 0)) {
			return duration.toString();
		}
		if (parts) {
			return duration.toMillis() + "ms";
		}
		boolean minutes = !duration.isZero() && duration.getSeconds() % 60 == 0;
		return minutes ? duration.toMinutes() + "m" : duration.getSeconds() + "s";
	}

	/**
	 * Checks a duration.
	 * @param name what it is called
	 * @param value the duration
	 * @param min the least
	 * @param max the most
	 * @return the duration
	 * @throws IllegalArgumentException naming the value and the rule
	 */
	public static Duration require(String name, Duration value, Duration min, Duration max) {
		if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
			throw new IllegalArgumentException(
					"%s: %s (expected: %s to %s)".formatted(name, days(value), days(min), days(max)));
		}
		return value;
	}

	// Consul knows no days, people do
	private static String days(Duration duration) {
		boolean days = !duration.isZero() && duration.getNano() == 0 && duration.getSeconds() % SECONDS_A_DAY == 0;
		return days ? duration.toDays() + "d" : text(duration);
	}

}
