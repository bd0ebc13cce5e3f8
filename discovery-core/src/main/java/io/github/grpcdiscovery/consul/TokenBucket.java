package io.github.grpcdiscovery.consul;

import java.time.Duration;

/**
 * Lets a few requests pass at once and then only so many in a time.
 */
final class TokenBucket {

	private final int capacity;

	private final long interval;

	private double tokens;

	private long filledAt;

	/**
	 * Creates a full bucket.
	 * @param capacity how many requests may pass at once
	 * @param interval in what time another one may
	 * @param now monotonic time in nanoseconds
	 */
	TokenBucket(int capacity, Duration interval, long now) {
		this.capacity = capacity;
		this.interval = interval.toNanos();
		this.tokens = capacity;
		this.filledAt = now;
	}

	/**
	 * Takes a token, on credit if there is none.
	 * @param now monotonic time in nanoseconds
	 * @return how long to wait before the request
	 */
	Duration take(long now) {
		this.tokens = Math.min(this.capacity, this.tokens + (double) (now - this.filledAt) / this.interval);
		this.filledAt = now;
		this.tokens -= 1;
		return (this.tokens >= 0) ? Duration.ZERO : Duration.ofNanos((long) (-this.tokens * this.interval));
	}

}
