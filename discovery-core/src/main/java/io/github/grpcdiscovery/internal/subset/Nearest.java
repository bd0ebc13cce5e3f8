package io.github.grpcdiscovery.internal.subset;

import java.util.Arrays;

/**
 * The nearest of many. For one thread.
 */
final class Nearest {

	private final long[] distances;

	private final int[] candidates;

	private int size;

	/**
	 * Keeps none yet.
	 * @param count how many it keeps
	 */
	Nearest(int count) {
		this.distances = new long[count];
		this.candidates = new int[count];
	}

	/**
	 * Keeps a candidate while there are not enough that are nearer. Of two that are
	 * equally far, the one that was offered first is nearer.
	 */
	void offer(long distance, int candidate) {
		int count = this.distances.length;
		if (count == 0 || (this.size == count && distance >= this.distances[count - 1])) {
			return;
		}
		int at = (this.size < count) ? this.size++ : count - 1;
		while (at > 0 && this.distances[at - 1] > distance) {
			this.distances[at] = this.distances[at - 1];
			this.candidates[at] = this.candidates[at - 1];
			at--;
		}
		this.distances[at] = distance;
		this.candidates[at] = candidate;
	}

	/** Those that were kept, the nearest first. */
	int[] candidates() {
		return Arrays.copyOf(this.candidates, this.size);
	}

}
