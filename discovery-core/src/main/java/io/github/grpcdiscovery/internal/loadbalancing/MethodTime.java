package io.github.grpcdiscovery.internal.loadbalancing;

/**
 * How long the calls of one method take usually, on whatever server: the mean of
 * log(time), which few long ones do not spoil. Servers are compared by how much slower
 * than this they answer, so that a method that takes long makes no server look slow. Any
 * thread; updates that race may lose one answer of many.
 */
final class MethodTime {

	/** How much of the mean each answer renews, once there are some. */
	private static final double RENEWAL = 0.02;

	private final int index;

	private volatile double logNanos;

	private volatile long nanos;

	private volatile int answers;

	/**
	 * Creates it for a method that was never called.
	 * @param index numbers the methods of a channel from 0
	 */
	MethodTime(int index) {
		this.index = index;
	}

	int index() {
		return this.index;
	}

	/**
	 * How long a call takes usually, in nanoseconds.
	 * @param took to say if none was answered yet
	 */
	long usual(long took) {
		return (this.answers != 0) ? this.nanos : took;
	}

	/**
	 * A call was answered.
	 * @param took how long it took, in nanoseconds
	 */
	void answered(long took) {
		int answers = this.answers;
		double log = Math.log(took + 1.0);
		if (answers < 1 / RENEWAL) {
			this.answers = answers + 1;
		}
		double logNanos = this.logNanos + Math.max(RENEWAL, 1.0 / (answers + 1)) * (log - this.logNanos);
		this.logNanos = logNanos;
		this.nanos = (long) Math.exp(logNanos);
	}

}
