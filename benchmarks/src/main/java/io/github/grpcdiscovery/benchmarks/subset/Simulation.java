package io.github.grpcdiscovery.benchmarks.subset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a choice of servers leads to.
 *
 * @param choice how clients choose
 * @param clients how many clients there are
 * @param servers how many servers there are
 * @param size how many servers each client chooses
 */
record Simulation(Choice choice, int clients, int servers, int size) {

	/**
	 * How many connections servers have.
	 * @param slots slots of the servers
	 * @return the least and the most, against the mean
	 */
	double[] load(List<Integer> slots) {
		int[] loads = new int[Collections.max(slots) + 1];
		for (int client = 0; client < this.clients; client++) {
			this.choice.choose(client, 0, slots, this.size).forEach((slot) -> loads[slot]++);
		}
		double mean = (double) this.clients * this.size / slots.size();
		int[] ofServers = slots.stream().mapToInt((slot) -> loads[slot]).toArray();
		return new double[] { Arrays.stream(ofServers).min().orElse(0) / mean,
				Arrays.stream(ofServers).max().orElse(0) / mean };
	}

	/** The same where all slots are taken. */
	double[] load() {
		return load(slots());
	}

	/**
	 * The most connections that a server has, against the mean, where a tenth of the
	 * slots are taken by nobody.
	 * @param seed which
	 */
	double mostWithHoles(int seed) {
		List<Integer> slots = new ArrayList<>(IntStream.range(0, this.servers * 10 / 9).boxed().toList());
		Collections.shuffle(slots, new Random(seed));
		return load(slots.subList(0, this.servers).stream().sorted().toList())[1];
	}

	/**
	 * What one server that leaves costs.
	 * @param leaving its slot
	 * @return the part of all connections that are made anew, and the most that a client
	 * makes
	 */
	double[] moved(int leaving) {
		List<Integer> after = slots().stream().filter((slot) -> slot != leaving).toList();
		int most = 0;
		int all = 0;
		for (int client = 0; client < this.clients; client++) {
			Set<Integer> made = new HashSet<>(this.choice.choose(client, 0, after, this.size));
			made.removeAll(this.choice.choose(client, 0, slots(), this.size));
			most = Math.max(most, made.size());
			all += made.size();
		}
		return new double[] { (double) all / (this.clients * this.size), most };
	}

	/** The part of its servers that a client chooses again after a restart. */
	double keptOverRestart() {
		int kept = 0;
		for (int client = 0; client < this.clients; client++) {
			Set<Integer> again = new HashSet<>(this.choice.choose(client, 1, slots(), this.size));
			again.retainAll(this.choice.choose(client, 0, slots(), this.size));
			kept += again.size();
		}
		return (double) kept / (this.clients * this.size);
	}

	private List<Integer> slots() {
		return IntStream.range(0, this.servers).boxed().toList();
	}

}
