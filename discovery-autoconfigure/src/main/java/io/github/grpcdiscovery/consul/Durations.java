package io.github.grpcdiscovery.consul;

import java.time.Duration;

/**
 * Durations as Consul reads and people write them, such as {@code 30m}.
 */
final class Durations {

	private Durations() {
	}

	/**
	 * The shortest text of whole minutes, seconds or milliseconds.
	 * @param duration any duration
	 * @return such as {@code 0s}, {@code 1500ms} or {@code 30m}
	 */
	static String text(Duration duration) {
		if (duration.toMillisPart() != 0 || duration.isNegative()) {
			return duration.toMillis() + "ms";
		}
		boolean minutes = !duration.isZero() && duration.toSecondsPart() == 0;
		return minutes ? duration.toMinutes() + "m" : duration.toSeconds() + "s";
	}

	/**
	 * Checks a duration.
	 * @param name what it is called
	 * @param value the duration
	 * @param min the least
	 * @param max the most
	 * @throws IllegalArgumentException naming the value and the rule
	 */
	static void require(String name, Duration value, Duration min, Duration max) {
		if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
			throw new IllegalArgumentException(
					"%s: %s (expected: %s to %s)".formatted(name, text(value), text(min), text(max)));
		}
	}

}
