package io.github.grpcdiscovery.internal.reconnect;

import java.time.Duration;

import io.github.grpcdiscovery.Backoff;

/**
 * Draws the next wait of a {@link Backoff}.
 */
final class FullJitter {

	private FullJitter() {
	}

	/**
	 * The wait after a number of failures in a row.
	 * @param backoff the bounds
	 * @param failures how many, 1 or more
	 * @param random 0 (inclusive) to 1 (exclusive)
	 * @return a random part of min * 2^(failures - 1), capped at max
	 */
	static Duration delay(Backoff backoff, int failures, double random) {
		int doublings = Math.min(failures - 1, 30);
		double cap = Math.min(backoff.min().toNanos() * Math.scalb(1.0, doublings), (double) backoff.max().toNanos());
		return Duration.ofNanos((long) (cap * random));
	}

	/**
	 * The wait after an error that trying again does not mend.
	 * @param backoff the bounds
	 * @param random 0 (inclusive) to 1 (exclusive)
	 * @return between half of {@link Backoff#permanent()} and all of it
	 */
	static Duration permanentDelay(Backoff backoff, double random) {
		return Duration.ofNanos((long) (backoff.permanent().toNanos() * (0.5 + 0.5 * random)));
	}

}
