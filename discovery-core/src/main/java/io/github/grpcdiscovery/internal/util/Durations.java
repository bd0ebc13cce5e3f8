package io.github.grpcdiscovery.internal.util;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * Durations as people, properties and Consul write them, such as {@code 30m}.
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
	 * A time that was measured, as a person would say it.
	 * @param measured any time that has passed
	 * @return to the millisecond below 10 s, to the second below 10 minutes, else to the
	 * minute; such as {@code 5ms}, {@code 42s} or {@code 90m}
	 */
	public static String rounded(Duration measured) {
		if (measured.compareTo(Duration.ofSeconds(10)) < 0) {
			return text(measured.truncatedTo(ChronoUnit.MILLIS));
		}
		return text(measured
			.truncatedTo((measured.compareTo(Duration.ofMinutes(10)) < 0) ? ChronoUnit.SECONDS : ChronoUnit.MINUTES));
	}

	/**
	 * The text of a duration for people, who know days; Consul does not.
	 * @param duration any duration
	 * @return such as {@code 1d}, and otherwise {@link #text(Duration)}
	 */
	public static String withDays(Duration duration) {
		boolean days = !duration.isZero() && duration.getNano() == 0 && duration.getSeconds() % SECONDS_A_DAY == 0;
		return days ? duration.toDays() + "d" : text(duration);
	}

}
