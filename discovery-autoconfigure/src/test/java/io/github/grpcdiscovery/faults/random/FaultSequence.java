package io.github.grpcdiscovery.faults.random;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;

import io.github.grpcdiscovery.faults.random.Fleet.Server;

/**
 * The faults of one run. They depend on the seed and on the set of faults alone, not on
 * time. Each round has every fault once, in random order; every third of them or so has
 * another one of a different kind beside it.
 */
final class FaultSequence {

	private static final double TOGETHER = 0.35;

	private final Random random;

	private final List<Fault> faults;

	private final List<Fault> round = new ArrayList<>();

	private int number;

	/**
	 * Begins anew.
	 * @param seed decides everything
	 * @param faults which ones there are
	 */
	FaultSequence(long seed, Set<Fault> faults) {
		this.random = new Random(seed);
		this.faults = faults.stream().sorted().toList();
	}

	/**
	 * What happens next.
	 */
	Step next() {
		List<Turn> turns = new ArrayList<>();
		Turn first = turn(deal());
		turns.add(first);
		boolean together = this.random.nextDouble() < TOGETHER;
		Turn second = turn(this.faults.get(this.random.nextInt(this.faults.size())));
		if (together && second.fault().kind() != first.fault().kind()) {
			turns.add(second);
			turns.sort(Comparator.comparing((turn) -> turn.fault().kind()));
		}
		return new Step(++this.number, List.copyOf(turns));
	}

	private Fault deal() {
		if (this.round.isEmpty()) {
			this.round.addAll(this.faults);
			Collections.shuffle(this.round, this.random);
		}
		return this.round.remove(this.round.size() - 1);
	}

	private Turn turn(Fault fault) {
		return new Turn(fault, this.random.nextDouble(), this.random.nextDouble());
	}

	/**
	 * What happens at one time.
	 *
	 * @param number counted from 1
	 * @param turns one fault or two, in the order in which they begin
	 */
	record Step(int number, List<Turn> turns) {

		Duration length() {
			return this.turns.stream().map(Turn::length).max(Comparator.naturalOrder()).orElseThrow();
		}

		Duration settles() {
			return this.turns.stream()
				.map((turn) -> turn.fault().settles())
				.max(Comparator.naturalOrder())
				.orElseThrow();
		}

		@Override
		public String toString() {
			return "#" + this.number + " " + this.turns;
		}

	}

	/**
	 * One fault and its random decisions.
	 *
	 * @param fault what happens
	 * @param which to whom: 0 (inclusive) to 1 (exclusive)
	 * @param howLong for how long, likewise
	 */
	record Turn(Fault fault, double which, double howLong) {

		Duration length() {
			return this.fault.length(this.howLong);
		}

		Server one(Fleet fleet) {
			return of(fleet.live());
		}

		<T> T of(List<T> choices) {
			return choices.get((int) (this.which * choices.size()));
		}

		Duration millis(int least, int most) {
			return Duration.ofMillis((long) (least + this.which * (most - least)));
		}

		@Override
		public String toString() {
			return "%s (%.3f, %d ms)".formatted(this.fault, this.which, length().toMillis());
		}

	}

}
