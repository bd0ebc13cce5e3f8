package io.github.grpcdiscovery.internal.subset;

import java.util.List;

/**
 * A client's own order of all instances: by the hash of the two. Immutable.
 */
final class Rendezvous {

	private final long client;

	Rendezvous(String client) {
		this.client = hash(client);
	}

	/** A number of this client's, from 0 to less than 1. */
	double fraction() {
		return (mix(this.client) >>> 11) * 0x1.0p-53;
	}

	/**
	 * The first candidates in the client's order.
	 * @param candidates all of them
	 * @param indexes which of them to put in order
	 * @param count how many of these
	 * @return indexes of candidates
	 */
	int[] first(List<SubsetMember> candidates, List<Integer> indexes, int count) {
		Nearest nearest = new Nearest(count);
		for (int index : indexes) {
			nearest.offer(mix(this.client ^ hash(candidates.get(index).id())) >>> 1, index);
		}
		return nearest.candidates();
	}

	/** A hash that is the same in every JVM, of which all bits are good. */
	static long hash(String text) {
		long hash = 0xCBF29CE484222325L; // FNV-1a
		for (int i = 0; i < text.length(); i++) {
			hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
		}
		return mix(hash);
	}

	// the finalizer of MurmurHash3
	private static long mix(long value) {
		long mixed = value;
		mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
		mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
		return mixed ^ (mixed >>> 33);
	}

}
