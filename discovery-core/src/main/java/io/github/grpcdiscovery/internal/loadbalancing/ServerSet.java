package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.resolver.BalancingSettings;

/**
 * The servers of one channel: those of the newest list that the client connects to. Who
 * stays in the list keeps the connection. In the channel's synchronization context.
 */
final class ServerSet {

	private final Factory factory;

	private final Ages ages;

	private List<EquivalentAddressGroup> list = List.of();

	private BalancingSettings settings = BalancingSettings.defaults();

	private Map<String, Double> weights = Map.of();

	private Set<String> failed = Set.of();

	private Map<Object, Server> servers = new LinkedHashMap<>();

	private boolean changing;

	/**
	 * Creates an empty set.
	 * @param factory makes servers
	 * @param ages how long they have been running
	 */
	ServerSet(Factory factory, Ages ages) {
		this.factory = factory;
		this.ages = ages;
	}

	/**
	 * Takes in a list.
	 * @param list not empty
	 * @param settings the channel's
	 */
	void accept(List<EquivalentAddressGroup> list, BalancingSettings settings) {
		this.list = list;
		this.settings = settings;
		Map<String, Double> weights = new TreeMap<>();
		if (settings.zone() != null) {
			list.forEach(
					(group) -> weights.merge(Connections.zone(group), (double) Connections.weight(group), Double::sum));
		}
		this.weights = weights;
		connect();
	}

	/**
	 * Connects to others in place of those that fail, where not all are connected to.
	 * @return whether the servers are others now
	 */
	boolean replaceFailed() {
		if (this.changing || this.servers.size() == this.list.size()) {
			return false;
		}
		Set<String> failed = this.servers.values()
			.stream()
			.filter((server) -> server.state() == ConnectivityState.TRANSIENT_FAILURE || server.isEjected())
			.map(Server::id)
			.collect(Collectors.toSet());
		if (failed.equals(this.failed)) {
			return false;
		}
		this.failed = failed;
		connect();
		return true;
	}

	private void connect() {
		this.changing = true;
		try {
			connect(Connections.of(this.list, this.settings, this.failed));
		}
		finally {
			this.changing = false;
		}
	}

	private void connect(List<EquivalentAddressGroup> chosen) {
		Map<Object, Server> before = this.servers;
		Map<Object, Server> servers = new LinkedHashMap<>();
		List<Server> added = new ArrayList<>();
		for (EquivalentAddressGroup group : chosen) {
			Object key = key(group);
			Server known = before.remove(key);
			if (known != null) {
				known.update(group, age(key, group));
				servers.put(key, known);
			}
			else if (!servers.containsKey(key)) {
				Server server = this.factory.create(group, age(key, group));
				servers.put(key, server);
				added.add(server);
			}
		}
		this.servers = servers;
		this.ages.listed();
		added.forEach(Server::start);
		before.values().forEach(Server::shutdown);
	}

	// a host name's addresses may change and change their order, and it stays that server
	private static Object key(EquivalentAddressGroup group) {
		ServiceInstance instance = Connections.instance(group);
		return (instance != null) ? instance.address() : Set.<SocketAddress>copyOf(group.getAddresses());
	}

	private Age age(Object key, EquivalentAddressGroup group) {
		ServiceInstance instance = Connections.instance(group);
		return this.ages.of(key, (instance != null) ? instance.started() : null, this.settings.warmUp());
	}

	/** All servers, in the order of the list. */
	Collection<Server> all() {
		return this.servers.values();
	}

	/** Whether a server is one of them. */
	boolean contains(Server server) {
		return this.servers.get(key(server.addresses())) == server;
	}

	/** Whether servers are being added and removed. */
	boolean isChanging() {
		return this.changing;
	}

	/** Weight of all that are listed, by zone; empty if the client's own is not known. */
	Map<String, Double> weights() {
		return this.weights;
	}

	BalancingSettings settings() {
		return this.settings;
	}

	/** The state of the best of them. */
	ConnectivityState state() {
		boolean connecting = this.servers.isEmpty();
		for (Server server : this.servers.values()) {
			if (server.state() == ConnectivityState.READY) {
				return ConnectivityState.READY;
			}
			connecting |= server.isConnecting();
		}
		return connecting ? ConnectivityState.CONNECTING : ConnectivityState.TRANSIENT_FAILURE;
	}

	boolean isConnecting() {
		return this.servers.values().stream().anyMatch(Server::isConnecting);
	}

	/** Whether one other than this is known to speak gRPC. */
	boolean anotherSpeaksGrpc(Server server) {
		return this.servers.values().stream().anyMatch((other) -> other != server && other.speaksGrpc());
	}

	/** Ends all connections. */
	void shutdown() {
		Map<Object, Server> before = this.servers;
		this.servers = new LinkedHashMap<>();
		before.values().forEach(Server::shutdown);
	}

	/** Makes servers. */
	@FunctionalInterface
	interface Factory {

		/**
		 * Makes a server that is not started.
		 * @param addresses where it listens, with the instance as an attribute
		 * @param age how long it has been running
		 */
		Server create(EquivalentAddressGroup addresses, Age age);

	}

}
