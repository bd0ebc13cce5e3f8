package io.github.grpcdiscovery.benchmarks.subset;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import io.github.grpcdiscovery.internal.subset.Subset;
import io.github.grpcdiscovery.internal.subset.SubsetClient;
import io.github.grpcdiscovery.internal.subset.SubsetMember;

/**
 * A way to choose servers.
 */
@FunctionalInterface
interface Choice {

	/**
	 * Chooses.
	 * @param client number of the client
	 * @param run another number for each run of the same client
	 * @param servers slots of the servers that there are, sorted
	 * @param size how many to choose
	 * @return slots of those chosen
	 */
	Set<Integer> choose(int client, int run, List<Integer> servers, int size);

	/** The product's, clients and servers have slots. */
	static Choice withSlots() {
		return (client, run, servers, size) -> chosen(new SubsetClient("client-" + client, "orders", client),
				servers.stream().map((slot) -> member(slot, slot)).toList(), size);
	}

	/** The product's, nobody has a slot. */
	static Choice withoutSlots() {
		return (client, run, servers, size) -> chosen(SubsetClient.unregistered("client-" + client),
				servers.stream().map((slot) -> member(slot, null)).toList(), size);
	}

	/** The product's ring, with a server's rank in the list in place of its slot. */
	static Choice withRanks() {
		return (client, run, servers, size) -> chosen(new SubsetClient("client-" + client, "orders", client),
				IntStream.range(0, servers.size()).mapToObj((rank) -> member(servers.get(rank), rank)).toList(), size);
	}

	/**
	 * By a hash with a seed that is drawn anew in each run: gRPC's
	 * {@code random_subsetting_experimental}.
	 */
	static Choice random() {
		return (client, run, servers, size) -> chosen(SubsetClient.unregistered("client-" + client + "-" + run),
				servers.stream().map((slot) -> member(slot, null)).toList(), size);
	}

	private static SubsetMember member(int slot, Integer known) {
		return new SubsetMember("server-" + slot, 100, known);
	}

	private static Set<Integer> chosen(SubsetClient client, List<SubsetMember> servers, int size) {
		Set<Integer> chosen = new HashSet<>();
		new Subset(client, size).select(servers, Set.of())
			.forEach((member) -> chosen.add(Integer.valueOf(member.id().substring("server-".length()))));
		return chosen;
	}

}
