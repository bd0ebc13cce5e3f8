package io.github.grpcdiscovery.internal.retry;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Limits the calls of a channel that are made again to a share of its calls, so that
 * servers in trouble do not get many times the load. A fifth of the calls of the last ten
 * seconds, and a hundred in any case, so that a channel with few calls gets through the
 * death of a server. Thread-safe.
 */
final class RetryBudget {

	/** Made again in ten seconds, however few calls there are. */
	static final int LEAST = 100;

	/** One of so many calls may be made again. */
	static final int CALLS_FOR_ONE = 5;

	private static final int SECONDS = 10;

	private final LongSupplier nanoTime;

	private final long began;

	private final long[] called = new long[SECONDS];

	private final long[] spent = new long[SECONDS];

	// the second that the last call was begun in, counted from the beginning
	private long second;

	RetryBudget(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.began = nanoTime.getAsLong();
	}

	/** Takes note of a call that somebody makes. */
	synchronized void called() {
		this.called[slot()]++;
	}

	/**
	 * Takes one from the budget.
	 * @return whether a call may be made again
	 */
	synchronized boolean spend() {
		int slot = slot();
		if (sum(this.spent) >= LEAST + sum(this.called) / CALLS_FOR_ONE) {
			return false;
		}
		this.spent[slot]++;
		return true;
	}

	private int slot() {
		long now = TimeUnit.NANOSECONDS.toSeconds(this.nanoTime.getAsLong() - this.began);
		for (long passed = Math.max(this.second + 1, now - SECONDS + 1); passed <= now; passed++) {
			this.called[(int) (passed % SECONDS)] = 0;
			this.spent[(int) (passed % SECONDS)] = 0;
		}
		this.second = Math.max(this.second, now);
		return (int) (this.second % SECONDS);
	}

	private static long sum(long[] counts) {
		long sum = 0;
		for (long count : counts) {
			sum += count;
		}
		return sum;
	}

}
