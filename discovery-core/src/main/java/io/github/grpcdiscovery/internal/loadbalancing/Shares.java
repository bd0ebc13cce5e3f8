package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

import io.grpc.ConnectivityState;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.resolver.BalancingSettings;

/**
 * What part of a channel's calls each connected server gets: zone x weight x warm-up.
 * Within these parts the {@link Choice} goes by load. Immutable; any thread, but for what
 * makes it.
 */
final class Shares {

	private final List<Share> all;

	private final WeightedServers sharing;

	// those without a share, such as all of other zones; null if there are none
	private final @Nullable WeightedServers others;

	// who counted when they were computed; empty if that does not matter
	private final List<Server> usable;

	private final boolean young;

	private Shares(List<Share> all, List<Server> usable, boolean young, Schedule.Turns turns) {
		this.all = all;
		this.usable = usable;
		this.young = young;
		List<Share> sharing = all.stream().filter((share) -> share.part() > 0).toList();
		List<Share> others = all.stream().filter((share) -> share.part() <= 0).toList();
		this.sharing = new WeightedServers(servers(sharing), sharing.stream().mapToDouble(Share::part).toArray(),
				turns);
		this.others = others.isEmpty() ? null : new WeightedServers(servers(others),
				others.stream().mapToDouble((share) -> Math.max(1, share.weight())).toArray(), turns);
	}

	private static List<Server> servers(List<Share> shares) {
		return shares.stream().map(Share::server).toList();
	}

	/**
	 * Computes the shares. In the synchronization context.
	 * @param servers all of the channel, of which one is connected at least
	 * @param now the time
	 * @param turns counts on from the shares before
	 */
	static Shares of(ServerSet servers, long now, Schedule.Turns turns) {
		BalancingSettings settings = servers.settings();
		List<Server> connected = connected(servers);
		long[] ages = connected.stream().mapToLong((server) -> server.age().nanos(now)).toArray();
		double[] warmUp = new WarmUp(settings.warmUp()).factors(ages);
		double[] weights = new double[warmUp.length];
		for (int i = 0; i < weights.length; i++) {
			// where all are drained, all are alike
			weights[i] = Math.max(connected.get(i).weight(), Double.MIN_NORMAL) * warmUp[i];
		}
		List<Server> usable = (settings.zone() != null) ? usable(connected, now) : List.of();
		Map<String, Double> zones = (settings.zone() != null)
				? zones(settings.zone(), servers, connected, weights, usable) : Map.of();
		boolean young = LongStream.of(ages).anyMatch((age) -> age < settings.warmUp().toNanos());
		return new Shares(shares(connected, weights, warmUp, zones), usable, young, turns);
	}

	private static List<Server> connected(ServerSet servers) {
		return servers.all().stream().filter((server) -> server.state() == ConnectivityState.READY).toList();
	}

	private static List<Server> usable(List<Server> connected, long now) {
		return connected.stream().filter((server) -> server.isUsable(now)).toList();
	}

	// what is known of the servers that are connected to stands for all of their zone
	private static Map<String, Double> zones(String own, ServerSet servers, List<Server> connected, double[] weights,
			List<Server> usable) {
		Map<String, Double> sample = new TreeMap<>();
		servers.all().forEach((server) -> sample.merge(server.zone(), (double) server.weight(), Double::sum));
		Map<String, Double> inUse = new TreeMap<>();
		Set<Server> counting = new HashSet<>(usable);
		for (int i = 0; i < weights.length; i++) {
			Server server = connected.get(i);
			if (counting.contains(server)) {
				double weight = sample.getOrDefault(server.zone(), 0.0);
				double stands = (weight > 0) ? servers.weights().getOrDefault(server.zone(), 0.0) / weight : 1;
				inUse.merge(server.zone(), weights[i] * stands, Double::sum);
			}
		}
		return ZoneShares.of(own, inUse, servers.weights());
	}

	private static List<Share> shares(List<Server> servers, double[] weights, double[] warmUp,
			Map<String, Double> zones) {
		Map<String, Double> inZone = new TreeMap<>();
		for (int i = 0; i < weights.length; i++) {
			inZone.merge(zones.isEmpty() ? "" : servers.get(i).zone(), weights[i], Double::sum);
		}
		List<Share> shares = new ArrayList<>(weights.length);
		for (int i = 0; i < weights.length; i++) {
			Server server = servers.get(i);
			double zone = zones.isEmpty() ? 1 : zones.getOrDefault(server.zone(), 0.0);
			double ofZone = weights[i] / inZone.getOrDefault(zones.isEmpty() ? "" : server.zone(), 1.0);
			shares.add(new Share(server, server.weight(), warmUp[i], zone, zone * ofZone));
		}
		return shares;
	}

	/**
	 * Chooses a server for a call.
	 * @param nanoTime monotonic clock in nanoseconds
	 * @param lost where the call was lost before
	 */
	Server choose(LongSupplier nanoTime, @Nullable SocketAddress lost) {
		Server best = this.sharing.best(nanoTime, lost);
		if (best == null && this.others != null) {
			best = this.others.best(nanoTime, lost);
		}
		return (best != null) ? best : this.sharing.lastResort();
	}

	/** The share of each connected server. */
	List<Share> all() {
		return this.all;
	}

	/**
	 * Whether they are to be computed again although list and connections are the same.
	 * In the synchronization context.
	 * @param servers all of the channel
	 * @param now the time
	 */
	boolean isStale(ServerSet servers, long now) {
		return this.young
				|| (servers.settings().zone() != null && !this.usable.equals(usable(connected(servers), now)));
	}

}
