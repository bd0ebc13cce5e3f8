package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Since when a server has been running, by this process' own clock. Immutable.
 *
 * @param started when it says it was started; {@code null} if it does not say
 * @param since that moment by the monotonic clock, as far as it can be trusted
 */
record Age(@Nullable Instant started, long since) {

	/**
	 * A server that was there before this channel looked. What it says counts, so that a
	 * client which restarts sends no server less; its clock may be wrong, so it is as old
	 * as the longest age that matters at most, and just started at least.
	 * @param started when it says it was started; without, it is old
	 * @param longest the longest age that matters
	 * @param wall this machine's time
	 * @param now the monotonic clock
	 */
	static Age found(@Nullable Instant started, Duration longest, Instant wall, long now) {
		if (started == null || started.isBefore(wall.minus(longest))) {
			return new Age(started, now - longest.toNanos());
		}
		Duration age = Duration.between(started, wall);
		return new Age(started, age.isNegative() ? now : now - age.toNanos());
	}

	/**
	 * A server that came while this channel looked. It is new, whatever its clock says.
	 * @param started when it says it was started
	 * @param now the monotonic clock
	 */
	static Age joined(@Nullable Instant started, long now) {
		return new Age(started, now);
	}

	/** How long it has been running, in nanoseconds. */
	long nanos(long now) {
		return now - this.since;
	}

}
