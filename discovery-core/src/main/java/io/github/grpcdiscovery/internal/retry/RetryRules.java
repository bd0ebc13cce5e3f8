package io.github.grpcdiscovery.internal.retry;

import io.grpc.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * What limits the calls of a channel that are made again. Thread-safe.
 *
 * @param budget how many there may be
 * @param pause how long each waits
 */
record RetryRules(RetryBudget budget, RetryPause pause) {

	private static final int MOST_ATTEMPTS = 3;

	static RetryRules ofChannel() {
		return new RetryRules(new RetryBudget(System::nanoTime), new RetryPause());
	}

	/**
	 * Whether a call may be retried; takes it from the budget then.
	 * @param attempts how many there were
	 * @param sent whether anything of the call was sent, so that it may have been done
	 */
	boolean mayRetry(int attempts, boolean sent) {
		return attempts < MOST_ATTEMPTS && (!sent || this.budget.spend());
	}

	/**
	 * The pause before an attempt.
	 * @param attempt 2 for the first retry
	 * @param sent whether anything of the call was sent
	 * @param deadline of the call, if it has one
	 * @return nanoseconds; 0 if nothing was sent
	 */
	long nanosBefore(int attempt, boolean sent, @Nullable Deadline deadline) {
		return sent ? this.pause.nanosBefore(attempt, deadline) : 0;
	}

}
