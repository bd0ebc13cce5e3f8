package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.resolver.BalancingSettings;

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

	private final HangDetector detector;

	private final FirstConnections firstConnections;

	private final ServerSet servers;

	private final Schedule.Turns turns;

	private final LoadPicker picker;

	private final ScheduledHandle timer;

	// any thread
	private volatile @Nullable Shares shares;

	DiscoveryLoadBalancer(Helper helper, LongSupplier nanoTime, Supplier<Instant> wall, Schedule.Turns turns) {
		this.helper = helper;
		this.turns = turns;
		this.clock = new BalancerClock(helper.getSynchronizationContext(), nanoTime);
		EjectionLog log = new EjectionLog(helper::getAuthority);
		MethodTimes methods = new MethodTimes();
		this.servers = new ServerSet(
				(addresses, age) -> new Server(helper, this.clock, this, log, methods, addresses, age),
				new Ages(nanoTime, wall));
		this.detector = new HangDetector(this.clock, this.servers::all, log);
		this.picker = new LoadPicker(this::shares, nanoTime);
		this.firstConnections = new FirstConnections(helper.getSynchronizationContext(),
				helper.getScheduledExecutorService(), this.servers::isConnecting, helper::updateBalancingState);
		this.timer = helper.getSynchronizationContext()
			.scheduleWithFixedDelay(this::tick, TICK.toNanos(), TICK.toNanos(), TimeUnit.NANOSECONDS,
					helper.getScheduledExecutorService());
	}

	@Override
	public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
		BalancingSettings settings = BalancerConfig.settings(resolved);
		this.detector.configure(settings.unresponsiveAfter());
		if (resolved.getAddresses().isEmpty()) {
			Status empty = Status.UNAVAILABLE.withDescription("the list of servers is empty");
			handleNameResolutionError(empty);
			return empty;
		}
		this.servers.accept(resolved.getAddresses(), settings);
		update();
		return Status.OK;
	}

	@Override
	public void handleNameResolutionError(Status error) {
		if (this.servers.state() != ConnectivityState.READY) {
			this.helper.updateBalancingState(ConnectivityState.TRANSIENT_FAILURE,
					new FixedResultPicker(PickResult.withError(error)));
		}
	}

	@Override
	public void changed(Server server, ConnectivityState state) {
		if (!this.servers.contains(server)) {
			return; // it has left the list
		}
		if (state == ConnectivityState.TRANSIENT_FAILURE || state == ConnectivityState.IDLE) {
			this.helper.refreshNameResolution();
		}
		if (state == ConnectivityState.IDLE) {
			server.requestConnection();
		}
		if (!this.servers.isChanging()) {
			this.servers.replaceFailed();
			update();
		}
	}

	@Override
	public boolean anotherSpeaksGrpc(Server server) {
		return this.servers.anotherSpeaksGrpc(server);
	}

	@Override
	public void requestConnection() {
		this.servers.all().forEach(Server::requestConnection);
	}

	private void tick() {
		this.detector.tick();
		this.servers.all().forEach((server) -> server.load().forget(FORGOTTEN_BY_TICK));
		Shares shares = this.shares;
		if (this.servers.replaceFailed()) {
			update();
		}
		else if (shares != null && shares.isStale(this.servers, this.clock.nanoTime())) {
			computeShares();
		}
	}

	private void update() {
		ConnectivityState state = this.servers.state();
		if (state == ConnectivityState.READY) {
			computeShares();
			this.firstConnections.update(state, this.picker);
		}
		else {
			this.firstConnections.update(state, new FixedResultPicker((state == ConnectivityState.TRANSIENT_FAILURE)
					? PickResult.withError(error()) : PickResult.withNoResult()));
		}
	}

	// none while nobody is connected: the picker is not in use then
	private void computeShares() {
		if (this.servers.state() == ConnectivityState.READY) {
			this.shares = Shares.of(this.servers, this.clock.nanoTime(), this.turns);
		}
	}

	private Shares shares() {
		Shares shares = this.shares;
		if (shares == null) {
			throw new IllegalStateException("no server was ever connected (expected: a picker after the first)");
		}
		return shares;
	}

	private Status error() {
		return this.servers.all().iterator().next().error();
	}

	/** The servers that are connected to. */
	Collection<Server> servers() {
		return this.servers.all();
	}

	@Override
	public void shutdown() {
		this.timer.cancel();
		this.firstConnections.shutdown();
		this.servers.shutdown();
	}

}
