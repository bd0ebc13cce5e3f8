package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.DoubleStream;

/**
 * In which order servers are proposed, each as often as its weight says. Servers of equal
 * weight take turns. Otherwise the turn's number times the golden ratio, of which the
 * fraction counts, is looked up in the sum of the weights: these numbers fill the line
 * evenly at any length, so that shares are exact after few calls, without a lock and
 * without a table of turns. The weights are immutable. Any thread.
 */
final class Schedule {

	// 2^64 divided by the golden ratio
	private static final long GOLDEN = 0x9E3779B97F4A7C15L;

	private final int size;

	// where the part of each server ends; empty if all are alike
	private final double[] ends;

	// the first server whose part ends behind each of as many equal steps
	private final int[] guide;

	private final Turns turns;

	private Schedule(int size, double[] ends, Turns turns) {
		this.size = size;
		this.ends = ends;
		this.guide = guide(ends);
		this.turns = turns;
	}

	private static int[] guide(double[] ends) {
		int[] guide = new int[ends.length];
		int server = 0;
		for (int step = 0; step < guide.length; step++) {
			while (server < ends.length - 1 && ends[server] * ends.length <= step) {
				server++;
			}
			guide[step] = server;
		}
		return guide;
	}

	/**
	 * Makes a schedule.
	 * @param weights of the servers, none of them negative and one of them positive
	 * @param turns counts on from the schedule before
	 */
	static Schedule of(double[] weights, Turns turns) {
		double sum = DoubleStream.of(weights).sum();
		if (DoubleStream.of(weights).allMatch((weight) -> weight == weights[0])) {
			return new Schedule(weights.length, new double[0], turns);
		}
		double[] ends = new double[weights.length];
		double end = 0;
		for (int i = 0; i < weights.length; i++) {
			end += weights[i];
			ends[i] = end / sum;
		}
		return new Schedule(weights.length, ends, turns);
	}

	/** Takes the next turn. */
	int next() {
		return at(this.turns.next());
	}

	/** Takes the next turn, and says its number. */
	int nextTurn() {
		return this.turns.next();
	}

	/**
	 * Whose turn it is.
	 * @param turn its number
	 */
	int at(int turn) {
		if (this.ends.length == 0) {
			return Integer.remainderUnsigned(turn, this.size);
		}
		// 53 bits, as many as a double has
		double fraction = ((turn * GOLDEN) >>> 11) * 0x1.0p-53;
		int server = this.guide[(int) (fraction * this.size)];
		while (server < this.size - 1 && this.ends[server] <= fraction) {
			server++;
		}
		return server;
	}

	/**
	 * Counts the turns of a channel. It begins anywhere, so that clients do not march in
	 * step.
	 */
	static final class Turns {

		private final AtomicInteger next;

		Turns() {
			this(ThreadLocalRandom.current().nextInt());
		}

		Turns(int first) {
			this.next = new AtomicInteger(first);
		}

		int next() {
			return this.next.getAndIncrement();
		}

	}

}
