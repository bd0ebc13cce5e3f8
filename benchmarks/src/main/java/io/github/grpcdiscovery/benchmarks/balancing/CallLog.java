package io.github.grpcdiscovery.benchmarks.balancing;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import io.github.grpcdiscovery.benchmarks.Samples;

/**
 * The calls of one client in the order in which they began, and what can be said about
 * them. Immutable.
 */
final class CallLog {

	private final List<Call> calls;

	CallLog(Collection<Call> calls) {
		this.calls = calls.stream().sorted(Comparator.comparingLong(Call::began)).toList();
	}

	/**
	 * Those that began in a time.
	 * @param from the first moment of it, by {@link System#nanoTime()}
	 * @param to the first moment after it
	 */
	CallLog begun(long from, long to) {
		return where((call) -> call.began() - from >= 0 && call.began() - to < 0);
	}

	/** Those that began from then on. */
	CallLog since(long from) {
		return where((call) -> call.began() - from >= 0);
	}

	CallLog where(Predicate<Call> condition) {
		return new CallLog(this.calls.stream().filter(condition).toList());
	}

	int size() {
		return this.calls.size();
	}

	/** Those without an answer. */
	CallLog failed() {
		return where((call) -> !call.answered());
	}

	/** When the last of them began. */
	OptionalLong lastBegan() {
		return this.calls.isEmpty() ? OptionalLong.empty()
				: OptionalLong.of(this.calls.get(this.calls.size() - 1).began());
	}

	/**
	 * The part of the calls that went to each server, answered or not. Those that went to
	 * none count for nobody.
	 * @param servers how many servers there are
	 * @return 0 to 1 each; all 0 without calls
	 */
	double[] shares(int servers) {
		long[] counts = new long[servers];
		this.calls.stream().filter((call) -> call.server() != Call.NOBODY).forEach((call) -> counts[call.server()]++);
		return shares(counts);
	}

	/**
	 * The parts of a whole.
	 * @param counts of each
	 * @return 0 to 1 each
	 */
	static double[] shares(long[] counts) {
		double all = Math.max(1, LongStream.of(counts).sum());
		return IntStream.range(0, counts.length).mapToDouble((i) -> counts[i] / all).toArray();
	}

	/**
	 * How far shares are from those that were expected, of the worst: 0.05 if one is 5 %
	 * smaller or larger than it should be.
	 * @param shares the shares
	 * @param weights what they should be in proportion to; none is 0
	 */
	static double worstDeviation(double[] shares, double... weights) {
		double all = DoubleStream.of(weights).sum();
		return IntStream.range(0, shares.length)
			.mapToDouble((i) -> Math.abs(shares[i] / (weights[i] / all) - 1))
			.max()
			.orElse(0);
	}

	/** How long those took that were answered. */
	Samples times() {
		Samples samples = new Samples();
		this.calls.stream().filter(Call::answered).forEach((call) -> samples.add(call.took()));
		return samples;
	}

	/**
	 * When calls first were as they should be.
	 * @param size how many calls in a row are looked at
	 * @param condition how they should be
	 * @return when the first of the first such row began
	 */
	OptionalLong firstRow(int size, Predicate<CallLog> condition) {
		for (int i = 0; i + size <= this.calls.size(); i++) {
			if (condition.test(new CallLog(this.calls.subList(i, i + size)))) {
				return OptionalLong.of(this.calls.get(i).began());
			}
		}
		return OptionalLong.empty();
	}

}
