package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.resolver.BalancingSettings;
import io.github.grpcdiscovery.resolver.DiscoveryAttributes;

/**
 * Gives each call to the server that will answer best. A connection to each server is
 * kept; {@link Shares} says what part of the calls each gets (zone x weight x warm-up),
 * {@link Choice} goes by load within these, and the {@link HangDetector} ejects who
 * answers nothing. In the channel's synchronization context; only the picker is used by
 * any thread.
 */
final class DiscoveryLoadBalancer extends LoadBalancer implements Server.Peers {

	/** How often servers are evaluated. */
	static final Duration TICK = HangDetector.INTERVAL;

	/**
	 * In which time what is known of a server's load is forgotten, but for a part 1/e.
	 */
	private static final Duration MEMORY = Duration.ofSeconds(10);

	static final double FORGOTTEN_BY_TICK = 1 - Math.exp(-(double) TICK.toMillis() / MEMORY.toMillis());

	private final Helper helper;

	private final BalancerClock clock;

	private final EjectionLog log;

	private final HangDetector detector;

	private final FirstConnections firstConnections;

	private final Ages ages;

	private final MethodTimes methods = new MethodTimes();

	private final Schedule.Turns turns;

	private final LoadPicker picker;

	private final ScheduledHandle timer;

	private Map<Object, Server> servers = new LinkedHashMap<>();

	private BalancingSettings settings = BalancingSettings.defaults();

	// while it is taken in, connections may change their state
	private boolean acceptsList;

	// any thread
	private volatile @Nullable Shares shares;

	DiscoveryLoadBalancer(Helper helper, LongSupplier nanoTime, Supplier<Instant> wall, Schedule.Turns turns) {
		this.turns = turns;
		this.helper = helper;
		this.clock = new BalancerClock(helper.getSynchronizationContext(), nanoTime);
		this.log = new EjectionLog(helper::getAuthority);
		this.detector = new HangDetector(this.clock, () -> this.servers.values(), this.log);
		this.ages = new Ages(nanoTime, wall);
		this.picker = new LoadPicker(this::shares, nanoTime);
		this.firstConnections = new FirstConnections(helper.getSynchronizationContext(),
				helper.getScheduledExecutorService(), this::isConnecting, helper::updateBalancingState);
		this.timer = helper.getSynchronizationContext()
			.scheduleWithFixedDelay(this::tick, TICK.toNanos(), TICK.toNanos(), TimeUnit.NANOSECONDS,
					helper.getScheduledExecutorService());
	}

	@Override
	public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
		this.settings = BalancerConfig.settings(resolved);
		this.detector.configure(this.settings.unresponsiveAfter());
		if (resolved.getAddresses().isEmpty()) {
			Status empty = Status.UNAVAILABLE.withDescription("the list of servers is empty");
			handleNameResolutionError(empty);
			return empty;
		}
		this.acceptsList = true;
		try {
			accept(resolved.getAddresses());
		}
		finally {
			this.acceptsList = false;
		}
		update();
		return Status.OK;
	}

	private void accept(List<EquivalentAddressGroup> addresses) {
		Map<Object, Server> before = this.servers;
		Map<Object, Server> servers = new LinkedHashMap<>();
		Map<Object, Server> added = new HashMap<>();
		for (EquivalentAddressGroup group : addresses) {
			Object key = key(group);
			Server known = before.remove(key);
			if (known != null) {
				known.update(group, age(key, group));
				servers.put(key, known);
			}
			else if (!servers.containsKey(key)) {
				Server server = new Server(this.helper, this.clock, this, this.log, this.methods, group,
						age(key, group));
				servers.put(key, server);
				added.put(key, server);
			}
		}
		this.servers = servers;
		this.ages.listed();
		added.values().forEach(Server::start);
		before.values().forEach(Server::shutdown);
	}

	// a host name's addresses may change and change their order, and it stays that server
	private static Object key(EquivalentAddressGroup group) {
		ServiceInstance instance = group.getAttributes().get(DiscoveryAttributes.INSTANCE);
		return (instance != null) ? instance.address() : Set.<SocketAddress>copyOf(group.getAddresses());
	}

	private Age age(Object key, EquivalentAddressGroup group) {
		ServiceInstance instance = group.getAttributes().get(DiscoveryAttributes.INSTANCE);
		return this.ages.of(key, (instance != null) ? instance.started() : null, this.settings.warmUp());
	}

	@Override
	public void handleNameResolutionError(Status error) {
		if (state() != ConnectivityState.READY) {
			this.helper.updateBalancingState(ConnectivityState.TRANSIENT_FAILURE,
					new FixedResultPicker(PickResult.withError(error)));
		}
	}

	@Override
	public void changed(Server server, ConnectivityState state) {
		if (this.servers.get(key(server.addresses())) != server) {
			return; // it has left the list
		}
		if (state == ConnectivityState.TRANSIENT_FAILURE || state == ConnectivityState.IDLE) {
			this.helper.refreshNameResolution();
		}
		if (state == ConnectivityState.IDLE) {
			server.requestConnection();
		}
		update();
	}

	@Override
	public boolean anotherSpeaksGrpc(Server server) {
		return this.servers.values().stream().anyMatch((other) -> other != server && other.speaksGrpc());
	}

	@Override
	public void requestConnection() {
		this.servers.values().forEach(Server::requestConnection);
	}

	private void tick() {
		this.detector.tick();
		this.servers.values().forEach((server) -> server.load().forget(FORGOTTEN_BY_TICK));
		Shares shares = this.shares;
		if (shares != null && shares.isStale(this.servers.values(), this.settings, this.clock.nanoTime())) {
			computeShares();
		}
	}

	private void update() {
		if (this.acceptsList) {
			return;
		}
		ConnectivityState state = state();
		if (state == ConnectivityState.READY) {
			computeShares();
			this.firstConnections.update(state, this.picker);
		}
		else {
			this.firstConnections.update(state, new FixedResultPicker((state == ConnectivityState.TRANSIENT_FAILURE)
					? PickResult.withError(error()) : PickResult.withNoResult()));
		}
	}

	private void computeShares() {
		this.shares = Shares.of(this.servers.values(), this.settings, this.clock.nanoTime(), this.turns);
	}

	private Shares shares() {
		Shares shares = this.shares;
		if (shares == null) {
			throw new IllegalStateException("no server was ever connected (expected: a picker after the first)");
		}
		return shares;
	}

	private ConnectivityState state() {
		boolean connecting = this.servers.isEmpty();
		for (Server server : this.servers.values()) {
			if (server.state() == ConnectivityState.READY) {
				return ConnectivityState.READY;
			}
			connecting |= server.isConnecting();
		}
		return connecting ? ConnectivityState.CONNECTING : ConnectivityState.TRANSIENT_FAILURE;
	}

	private Status error() {
		return this.servers.values().iterator().next().error();
	}

	private boolean isConnecting() {
		return this.servers.values().stream().anyMatch(Server::isConnecting);
	}

	/** All servers of the newest list. */
	Collection<Server> servers() {
		return this.servers.values();
	}

	@Override
	public void shutdown() {
		this.timer.cancel();
		this.firstConnections.shutdown();
		Map<Object, Server> before = this.servers;
		this.servers = Map.of();
		before.values().forEach(Server::shutdown);
	}

}
