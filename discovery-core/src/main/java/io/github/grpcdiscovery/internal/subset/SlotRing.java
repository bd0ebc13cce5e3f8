package io.github.grpcdiscovery.internal.subset;

/**
 * Where a client with a slot stands among servers with slots. Servers and clients are
 * placed on a ring by a sequence of low discrepancy, in which the first n places are
 * spread evenly for every n (van der Corput), and a client takes the servers that follow
 * it. A slot that no server has is a hole, which keeps its place: only the clients that
 * stand before it take another server each. Where they take it from is a second ring
 * whose order has nothing to do with the first one's (multiples of the square root of
 * two), so that no neighbour gets them all. Clients of another service start elsewhere.
 * After "Reinventing Backend Subsetting at Google", ACM Queue 20(5), 2022. Immutable.
 */
final class SlotRing {

	/** In place of a candidate: nobody has that slot. */
	static final int HOLE = -1;

	/** Largest slot that is believed; a service has no more instances. */
	private static final int MAX_SLOT = (1 << 16) - 1;

	private static final int SQUARE_ROOT_OF_TWO = 0x6A09E667;

	private final int place;

	private final int secondPlace;

	SlotRing(String service, int slot) {
		int start = (int) (Rendezvous.hash(service) >>> 32);
		this.place = place(slot) + start;
		this.secondPlace = secondPlace(slot) + start;
	}

	static boolean isSlot(int slot) {
		return slot >= 0 && slot <= MAX_SLOT;
	}

	/**
	 * The candidates at the places that follow the client.
	 * @param slotted those with a slot
	 * @param count how many places
	 * @return indexes of candidates, {@link #HOLE} where there is none
	 */
	int[] window(BySlot slotted, int count) {
		Nearest nearest = new Nearest(count);
		// a service that has shrunk to a fraction keeps no place for those that left
		int holesBelow = Math.min(slotted.bound(), 2 * slotted.count());
		for (int slot = 0; slot < slotted.bound(); slot++) {
			int candidate = slotted.at(slot);
			if (candidate != HOLE || slot < holesBelow) {
				nearest.offer(Integer.toUnsignedLong(place(slot) - this.place), candidate);
			}
		}
		return nearest.candidates();
	}

	/**
	 * The candidates that stand in for others.
	 * @param slotted those with a slot
	 * @param count how many
	 * @return indexes of candidates, those to take first come first
	 */
	int[] spares(BySlot slotted, int count) {
		Nearest nearest = new Nearest(count);
		for (int slot = 0; slot < slotted.bound(); slot++) {
			int candidate = slotted.at(slot);
			if (candidate != HOLE) {
				nearest.offer(Integer.toUnsignedLong(secondPlace(slot) - this.secondPlace), candidate);
			}
		}
		return nearest.candidates();
	}

	private static int place(int slot) {
		return Integer.reverse(slot);
	}

	private static int secondPlace(int slot) {
		return slot * SQUARE_ROOT_OF_TWO;
	}

}
