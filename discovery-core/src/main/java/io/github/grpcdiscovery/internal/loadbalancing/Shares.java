package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

import io.grpc.ConnectivityState;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.resolver.BalancingSettings;

/**
 * What part of a channel's calls each connected server gets: zone x weight x warm-up.
 * Within these parts the {@link Choice} goes by load. Immutable; any thread, but for what
 * makes it.
 */
final class Shares {

	private final List<Share> all;

	private final Server[] servers;

	private final Choice choice;

	// who counted when they were computed; empty if that does not matter
	private final List<Server> usable;

	private final boolean young;

	private Shares(List<Share> all, List<Server> usable, boolean young, Schedule.Turns turns) {
		this.all = all;
		this.usable = usable;
		this.young = young;
		List<Share> sharing = all.stream().filter((share) -> share.part() > 0).toList();
		this.servers = sharing.stream().map(Share::server).toArray(Server[]::new);
		this.choice = new Choice(this.servers, sharing.stream().mapToDouble(Share::part).toArray(), turns);
	}

	/**
	 * Computes the shares. In the synchronization context.
	 * @param servers all of the channel, of which one is connected at least
	 * @param settings the channel's
	 * @param now the time
	 * @param turns counts on from the shares before
	 */
	static Shares of(Collection<Server> servers, BalancingSettings settings, long now, Schedule.Turns turns) {
		List<Server> connected = connected(servers);
		long[] ages = connected.stream().mapToLong((server) -> server.age().nanos(now)).toArray();
		double[] warmUp = new WarmUp(settings.warmUp()).factors(ages);
		double[] weights = new double[warmUp.length];
		for (int i = 0; i < weights.length; i++) {
			// where all are drained, all are alike
			weights[i] = Math.max(weight(connected.get(i)), Double.MIN_NORMAL) * warmUp[i];
		}
		List<Server> usable = (settings.zone() != null) ? usable(connected, now) : List.of();
		Map<String, Double> zones = (settings.zone() != null)
				? zones(settings.zone(), servers, connected, weights, usable) : Map.of();
		boolean young = LongStream.of(ages).anyMatch((age) -> age < settings.warmUp().toNanos());
		return new Shares(shares(connected, weights, warmUp, zones), usable, young, turns);
	}

	private static List<Server> connected(Collection<Server> servers) {
		return servers.stream().filter((server) -> server.state() == ConnectivityState.READY).toList();
	}

	private static List<Server> usable(Collection<Server> servers, long now) {
		return servers.stream().filter((server) -> server.isUsable(now)).toList();
	}

	private static Map<String, Double> zones(String own, Collection<Server> servers, List<Server> connected,
			double[] weights, List<Server> usable) {
		Map<String, Double> known = new TreeMap<>();
		servers.forEach((server) -> known.merge(zone(server), (double) weight(server), Double::sum));
		Map<String, Double> inUse = new TreeMap<>();
		Set<Server> counting = new HashSet<>(usable);
		for (int i = 0; i < weights.length; i++) {
			if (counting.contains(connected.get(i))) {
				inUse.merge(zone(connected.get(i)), weights[i], Double::sum);
			}
		}
		return ZoneShares.of(own, inUse, known);
	}

	private static List<Share> shares(List<Server> servers, double[] weights, double[] warmUp,
			Map<String, Double> zones) {
		Map<String, Double> inZone = new TreeMap<>();
		for (int i = 0; i < weights.length; i++) {
			inZone.merge(zones.isEmpty() ? "" : zone(servers.get(i)), weights[i], Double::sum);
		}
		List<Share> shares = new ArrayList<>(weights.length);
		for (int i = 0; i < weights.length; i++) {
			Server server = servers.get(i);
			double zone = zones.isEmpty() ? 1 : zones.getOrDefault(zone(server), 0.0);
			double ofZone = weights[i] / inZone.getOrDefault(zones.isEmpty() ? "" : zone(server), 1.0);
			shares.add(new Share(server, weight(server), warmUp[i], zone, zone * ofZone));
		}
		return shares;
	}

	private static int weight(Server server) {
		ServiceInstance instance = server.instance();
		return (instance != null) ? instance.weight() : ServiceInstance.DEFAULT_WEIGHT;
	}

	private static String zone(Server server) {
		ServiceInstance instance = server.instance();
		return (instance != null && instance.zone() != null) ? instance.zone() : "";
	}

	/**
	 * Chooses a server for a call.
	 * @param nanoTime monotonic clock in nanoseconds
	 * @param lost where the call was lost before
	 */
	Server choose(LongSupplier nanoTime, @Nullable SocketAddress lost) {
		return this.servers[this.choice.next(nanoTime, lost)];
	}

	/** The share of each connected server. */
	List<Share> all() {
		return this.all;
	}

	/**
	 * Whether they are to be computed again although list and connections are the same.
	 * In the synchronization context.
	 * @param servers all of the channel
	 * @param settings the channel's
	 * @param now the time
	 */
	boolean isStale(Collection<Server> servers, BalancingSettings settings, long now) {
		return this.young || (settings.zone() != null && !this.usable.equals(usable(connected(servers), now)));
	}

}
