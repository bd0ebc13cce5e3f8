package io.github.grpcdiscovery.consul;

import java.time.Duration;

/**
 * How soon Consul is asked again. At once after a change, so that the next one is not
 * missed, but never in a tight loop: an agent that is shutting down, or one whose index
 * makes no sense, answers at once whatever it is asked.
 */
final class QueryPace {

	private static final int CHANGES = 10;

	private static final Duration CHANGE_INTERVAL = Duration.ofMillis(100);

	private static final int IDLE_ANSWERS = 2;

	private static final Duration IDLE_INTERVAL = Duration.ofSeconds(1);

	private final TokenBucket changes;

	private final TokenBucket idleAnswers;

	QueryPace(long now) {
		this.changes = new TokenBucket(CHANGES, CHANGE_INTERVAL, now);
		this.idleAnswers = new TokenBucket(IDLE_ANSWERS, IDLE_INTERVAL, now);
	}

	/**
	 * The pause before the next query.
	 * @param useful whether the last answer was a change, or came after a long wait
	 * @param now monotonic time in nanoseconds
	 * @param random 0 (inclusive) to 1 (exclusive)
	 * @return zero to ask at once
	 */
	Duration pause(boolean useful, long now, double random) {
		if (useful) {
			return this.changes.take(now);
		}
		Duration pause = this.idleAnswers.take(now);
		// longer only, so that the rate is kept
		return pause.plusNanos((long) (pause.toNanos() * 0.2 * random));
	}

}
