package io.github.grpcdiscovery.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Durations of one kind, in nanoseconds. For one thread.
 */
public final class Samples {

	private static final int RESAMPLES = 2000;

	private long[] values = new long[256];

	private int size;

	/**
	 * Adds a duration.
	 * @param nanos in nanoseconds
	 */
	public void add(long nanos) {
		if (this.size == this.values.length) {
			this.values = Arrays.copyOf(this.values, this.size * 2);
		}
		this.values[this.size++] = nanos;
	}

	/**
	 * Adds all of others.
	 */
	public void addAll(Samples others) {
		for (int i = 0; i < others.size; i++) {
			add(others.values[i]);
		}
	}

	/**
	 * How many there are.
	 */
	public int size() {
		return this.size;
	}

	/**
	 * Forgets all, to begin again after warming up.
	 */
	public void clear() {
		this.size = 0;
	}

	/**
	 * The smallest duration that so many are not longer than.
	 * @param percent 0 to 100
	 * @return milliseconds
	 */
	public double percentile(double percent) {
		return percentile(sorted(), percent) / 1e6;
	}

	/**
	 * The middle one.
	 * @return milliseconds
	 */
	public double median() {
		return percentile(50);
	}

	/**
	 * One percentile for a table.
	 * @param percent 0 to 100
	 * @return such as {@code 0.61 ms}
	 */
	public String show(double percent) {
		return String.format(Locale.ROOT, "%.2f ms", percentile(percent));
	}

	/**
	 * How sure the ratio of two medians is.
	 * @param others the divisor
	 * @return lower and upper bound of the 95 % interval, by bootstrap
	 */
	public double[] ratioInterval(Samples others) {
		Random random = new Random(42);
		double[] ratios = new double[RESAMPLES];
		for (int i = 0; i < RESAMPLES; i++) {
			ratios[i] = percentile(resampled(random), 50) / percentile(others.resampled(random), 50);
		}
		Arrays.sort(ratios);
		return new double[] { ratios[(int) (RESAMPLES * 0.025)], ratios[(int) (RESAMPLES * 0.975)] };
	}

	private long[] resampled(Random random) {
		long[] resampled = new long[this.size];
		for (int i = 0; i < this.size; i++) {
			resampled[i] = this.values[random.nextInt(this.size)];
		}
		Arrays.sort(resampled);
		return resampled;
	}

	private long[] sorted() {
		long[] sorted = Arrays.copyOf(this.values, this.size);
		Arrays.sort(sorted);
		return sorted;
	}

	private static double percentile(long[] sorted, double percent) {
		int middle = sorted.length / 2;
		if (percent == 50 && sorted.length % 2 == 0) {
			return (sorted[middle - 1] + sorted[middle]) / 2.0;
		}
		int rank = (int) Math.ceil(percent / 100 * sorted.length);
		return sorted[Math.max(rank - 1, 0)];
	}

}
