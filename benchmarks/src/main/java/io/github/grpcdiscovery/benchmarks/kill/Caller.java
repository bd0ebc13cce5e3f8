package io.github.grpcdiscovery.benchmarks.kill;

/**
 * Calls servers at a constant rate, whatever becomes of the calls.
 */
interface Caller {

	/**
	 * Ends calling, and waits for the calls that are under way.
	 * @return what became of all of them
	 */
	Outcome end();

	/**
	 * What became of the calls that were begun after the warm-up.
	 *
	 * @param made how many were made
	 * @param failed how many of them were not answered
	 */
	record Outcome(long made, long failed) {
	}

}
