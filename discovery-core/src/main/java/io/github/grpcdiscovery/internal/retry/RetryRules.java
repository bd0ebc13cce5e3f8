package io.github.grpcdiscovery.internal.retry;

/**
 * What limits the calls of a channel that are made again. Thread-safe.
 *
 * @param budget how many there may be
 * @param pause how long each waits
 */
record RetryRules(RetryBudget budget, RetryPause pause) {

	static RetryRules ofChannel() {
		return new RetryRules(new RetryBudget(System::nanoTime), new RetryPause());
	}

}
