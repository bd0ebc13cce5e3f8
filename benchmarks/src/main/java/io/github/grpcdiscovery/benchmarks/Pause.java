package io.github.grpcdiscovery.benchmarks;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The quiet between two rounds.
 */
public final class Pause {

	private static final long POLL_NANOS = 2_000_000;

	private Pause() {
	}

	/**
	 * Lets a time pass without using the processor.
	 */
	public static void of(Duration time) {
		long end = System.nanoTime() + time.toNanos();
		for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

	/**
	 * Waits for something that is not being measured.
	 * @param what for the message
	 * @param condition looked at every two milliseconds
	 * @throws IllegalStateException after a minute
	 */
	public static void until(String what, BooleanSupplier condition) {
		long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > end) {
				throw new IllegalStateException("not within a minute: " + what);
			}
			LockSupport.parkNanos(POLL_NANOS);
		}
	}

}
