package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Which part of a client's calls each zone gets. The own zone gets all while it has
 * enough for the clients that are in it; what it lacks goes to the zones that have more
 * than they need, in proportion. Clients are taken to be spread evenly over the zones
 * that have servers.
 */
final class ZoneShares {

	/** With this part of what its clients need, a zone serves them all: 1 / 1.4. */
	static final double ENOUGH = 0.72;

	/**
	 * Below, it serves what it has; between, it changes evenly, so that nothing swings.
	 */
	static final double TOO_LITTLE = 2.0 / 3;

	/** With less than this of all servers in use, zones do not count. */
	static final double PANIC = 0.5;

	private ZoneShares() {
	}

	/**
	 * Computes the parts.
	 * @param own the client's zone, if known
	 * @param usable weight of the servers in use, by zone
	 * @param known weight of all servers, by zone
	 * @return for each zone, its part of the calls, all of them together 1; empty if
	 * zones do not count
	 */
	static Map<String, Double> of(@Nullable String own, Map<String, Double> usable, Map<String, Double> known) {
		double all = sum(usable);
		double ownUsable = (own != null) ? usable.getOrDefault(own, 0.0) : 0;
		if (own == null || !known.containsKey(own) || known.size() < 2 || all <= PANIC * sum(known)
				|| all == ownUsable) {
			return Map.of();
		}
		double need = 1.0 / known.size();
		double local = local(ownUsable / all / need);
		Map<String, Double> room = new TreeMap<>();
		usable.forEach((zone, weight) -> {
			if (!zone.equals(own) && weight / all > need) {
				room.put(zone, weight / all - need);
			}
		});
		if (room.isEmpty()) {
			local = 1;
		}
		double rest = 1 - local;
		double allRoom = sum(room);
		Map<String, Double> parts = new TreeMap<>();
		room.forEach((zone, free) -> parts.put(zone, rest * free / allRoom));
		parts.put(own, local);
		return parts;
	}

	private static double local(double capacity) {
		if (capacity >= ENOUGH) {
			return 1;
		}
		if (capacity <= TOO_LITTLE) {
			return capacity;
		}
		return TOO_LITTLE + (1 - TOO_LITTLE) * (capacity - TOO_LITTLE) / (ENOUGH - TOO_LITTLE);
	}

	private static double sum(Map<String, Double> weights) {
		return weights.values().stream().mapToDouble(Double::doubleValue).sum();
	}

}
