package io.github.grpcdiscovery.benchmarks.balancing;

/**
 * One call that has ended.
 *
 * @param began when it was handed to the channel, by {@link System#nanoTime()}
 * @param ended when the caller knew its end
 * @param server number of the server that it went to last; {@link #NOBODY} if it went to
 * none
 * @param answered whether it ended with OK
 */
record Call(long began, long ended, int server, boolean answered) {

	/** In place of a server's number. */
	static final int NOBODY = -1;

	long took() {
		return this.ended - this.began;
	}

}
