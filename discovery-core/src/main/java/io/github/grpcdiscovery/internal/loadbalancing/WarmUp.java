package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.Arrays;

/**
 * The part of its weight that a server has while it is new: it grows evenly from a tenth
 * to all of it within the window. Immutable.
 *
 * @param window how long a server is new; zero if none ever is
 */
record WarmUp(Duration window) {

	/** What a server has at least. */
	static final double LEAST = 0.1;

	/**
	 * The part of its weight that each server has. If more than half of them are new,
	 * nobody is, since the few others must not carry all of the calls.
	 * @param ages in nanoseconds
	 */
	double[] factors(long[] ages) {
		double[] factors = new double[ages.length];
		int young = 0;
		for (int i = 0; i < ages.length; i++) {
			factors[i] = factor(ages[i]);
			if (factors[i] < 1) {
				young++;
			}
		}
		if (2 * young > ages.length) {
			Arrays.fill(factors, 1);
		}
		return factors;
	}

	private double factor(long age) {
		long window = this.window.toNanos();
		return (age >= window) ? 1 : Math.max(LEAST, (double) age / window);
	}

}
