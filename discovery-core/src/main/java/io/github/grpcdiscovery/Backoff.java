package io.github.grpcdiscovery;

import java.time.Duration;

import io.github.grpcdiscovery.internal.util.Durations;

/**
 * How long to wait before the next attempt: exponential with full jitter, so that a fleet
 * that lost its registry at one moment does not come back at one moment.
 *
 * @param min upper bound of the first wait
 * @param max upper bound of every wait
 * @param permanent upper bound of the wait after an error that somebody has to mend; at
 * least half of it is always waited
 */
public record Backoff(Duration min, Duration max, Duration permanent) {

	/** 100 ms growing to 5 s; a minute after an error that somebody has to mend. */
	public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5),
			Duration.ofMinutes(1));

	/**
	 * Checks the bounds.
	 * @throws IllegalArgumentException if they are not positive and in order
	 */
	public Backoff {
		if (min.isNegative() || min.isZero() || max.compareTo(min) < 0 || permanent.compareTo(max) < 0
				|| permanent.compareTo(Durations.MAX) > 0) {
			throw new IllegalArgumentException("backoff: %s, %s, %s (expected: 0 < min <= max <= permanent <= 365d)"
				.formatted(Durations.text(min), Durations.text(max), Durations.text(permanent)));
		}
	}

}
