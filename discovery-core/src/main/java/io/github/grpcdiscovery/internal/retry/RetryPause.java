package io.github.grpcdiscovery.internal.retry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

import io.grpc.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * How long a call waits before it is made again: each pause is ten times the one before,
 * half of it random, and never more than half of the time that the call has left.
 */
final class RetryPause {

	/** The longest first pause. */
	static final Duration FIRST = Duration.ofMillis(20);

	private static final int GROWTH = 10;

	private final DoubleSupplier random;

	RetryPause() {
		this(() -> ThreadLocalRandom.current().nextDouble());
	}

	/**
	 * Creates pauses of a given randomness.
	 * @param random gives numbers from 0 to 1
	 */
	RetryPause(DoubleSupplier random) {
		this.random = random;
	}

	/**
	 * The pause before an attempt.
	 * @param attempt 2 for the first one that is made again
	 * @param deadline of the call, if it has one
	 * @return nanoseconds, at least 0
	 */
	long nanosBefore(int attempt, @Nullable Deadline deadline) {
		double longest = FIRST.toNanos() * Math.pow(GROWTH, attempt - 2.0);
		long pause = (long) (longest * (1 + this.random.getAsDouble()) / 2);
		return (deadline != null) ? Math.max(0, Math.min(pause, deadline.timeRemaining(TimeUnit.NANOSECONDS) / 2))
				: pause;
	}

}
