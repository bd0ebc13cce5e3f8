package io.github.grpcdiscovery.internal.subset;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The instances of a service that one client connects to, out of more than twice as many
 * as it needs. The choice depends on nothing but its parameters, so that it survives a
 * restart, and an instance that joins or leaves changes next to nothing.
 * <p>
 * Instances with a slot are chosen by a client with a slot on a {@linkplain SlotRing
 * ring}, which loads them evenly. All others are chosen by rendezvous hashing, which
 * loads them as a random choice does. Where there are both, each kind gets its part.
 * Immutable; any thread.
 */
public final class Subset {

	private final SubsetClient client;

	private final int size;

	private final Rendezvous rendezvous;

	private final @Nullable SlotRing ring;

	/**
	 * Creates the choice of a client.
	 * @param client who chooses
	 * @param size how many working instances it connects to, at least 1
	 */
	public Subset(SubsetClient client, int size) {
		if (size < 1) {
			throw new IllegalArgumentException("size: %d (expected: >= 1)".formatted(size));
		}
		this.client = client;
		this.size = size;
		this.rendezvous = new Rendezvous(client.id());
		Integer slot = client.slot();
		this.ring = (slot != null && SlotRing.isSlot(slot)) ? new SlotRing(client.service(), slot) : null;
	}

	/**
	 * Chooses. An instance that does not work counts for nothing and is replaced by
	 * another one. It stays chosen, so that a client sees it recover, but twice the size
	 * is never exceeded.
	 * @param members all instances of the service, in the same order for all clients;
	 * those of weight 0 are left out if there are others
	 * @param failed ids of those that do not work
	 * @return those to connect to, in the given order; all where there are at most twice
	 * as many as the size
	 */
	public List<SubsetMember> select(List<SubsetMember> members, Set<String> failed) {
		List<SubsetMember> candidates = withoutDrained(members);
		if (candidates.size() <= 2L * this.size) {
			return candidates;
		}
		List<Integer> others = new ArrayList<>();
		BySlot slotted = divide(candidates, others);
		int ofOthers = (int) ((double) this.size * others.size() / candidates.size() + this.rendezvous.fraction());
		Selection selection = new Selection(candidates, failed);
		if (this.ring != null) {
			int ofRing = this.size - ofOthers;
			selection.take(this.ring.window(slotted, ofRing), this.ring.spares(slotted, 3 * ofRing), ofRing);
		}
		int[] ranked = this.rendezvous.first(candidates, others, 3 * ofOthers);
		selection.take(ranked, ranked, ofOthers);
		return selection.chosen();
	}

	private BySlot divide(List<SubsetMember> candidates, List<Integer> others) {
		BySlot slotted = new BySlot();
		for (int i = 0; i < candidates.size(); i++) {
			Integer slot = candidates.get(i).slot();
			if (this.ring == null || slot == null || !SlotRing.isSlot(slot) || !slotted.add(slot, i)) {
				others.add(i);
			}
		}
		return slotted;
	}

	private static List<SubsetMember> withoutDrained(List<SubsetMember> members) {
		List<SubsetMember> weighted = members.stream().filter((member) -> member.weight() > 0).toList();
		return weighted.isEmpty() ? List.copyOf(members) : weighted;
	}

	@Override
	public String toString() {
		return "Subset[%d for %s]".formatted(this.size, this.client);
	}

	/** Instances that are taken, one after the other. For one thread. */
	private static final class Selection {

		private final List<SubsetMember> candidates;

		private final Set<String> failed;

		private final BitSet chosen = new BitSet();

		Selection(List<SubsetMember> candidates, Set<String> failed) {
			this.candidates = candidates;
			this.failed = failed;
		}

		/** Takes the first of one list, and of another in place of those that fail. */
		void take(int[] first, int[] spares, int size) {
			int working = 0;
			int taken = 0;
			for (int i = 0; i < Math.min(size, first.length); i++) {
				if (first[i] != SlotRing.HOLE) {
					working += choose(first[i]);
					taken++;
				}
			}
			for (int i = 0; i < spares.length && working < size && taken < 2 * size; i++) {
				if (!this.chosen.get(spares[i])) {
					working += choose(spares[i]);
					taken++;
				}
			}
		}

		private int choose(int candidate) {
			this.chosen.set(candidate);
			return this.failed.contains(this.candidates.get(candidate).id()) ? 0 : 1;
		}

		List<SubsetMember> chosen() {
			return this.chosen.stream().mapToObj(this.candidates::get).toList();
		}

	}

}
