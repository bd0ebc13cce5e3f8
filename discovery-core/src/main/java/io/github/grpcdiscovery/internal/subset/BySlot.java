package io.github.grpcdiscovery.internal.subset;

import java.util.Arrays;

/**
 * Which candidate has which slot. For one thread.
 */
final class BySlot {

	private int[] candidates = {};

	private int count;

	private int bound;

	/**
	 * Adds a candidate.
	 * @param slot its slot
	 * @param candidate its index among all
	 * @return {@code false} if another one has that slot, which then keeps it
	 */
	boolean add(int slot, int candidate) {
		if (slot >= this.candidates.length) {
			int before = this.candidates.length;
			this.candidates = Arrays.copyOf(this.candidates, Math.max(slot + 1, 2 * before));
			Arrays.fill(this.candidates, before, this.candidates.length, SlotRing.HOLE);
		}
		if (this.candidates[slot] != SlotRing.HOLE) {
			return false;
		}
		this.candidates[slot] = candidate;
		this.count++;
		this.bound = Math.max(this.bound, slot + 1);
		return true;
	}

	/** The candidate that has a slot, or {@link SlotRing#HOLE}. */
	int at(int slot) {
		return this.candidates[slot];
	}

	/** How many there are. */
	int count() {
		return this.count;
	}

	/** One more than the largest slot. */
	int bound() {
		return this.bound;
	}

}
