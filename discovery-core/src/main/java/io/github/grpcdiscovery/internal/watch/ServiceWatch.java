package io.github.grpcdiscovery.internal.watch;

import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.internal.reconnect.ReconnectLoop;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.Listing;
import io.github.grpcdiscovery.spi.WatchAttempt;

/**
 * Follows one service in one registry for all who subscribe to it. On the event loop, but
 * for {@link #last()} and {@link #status()}.
 */
final class ServiceWatch implements InstancesSink, ReconnectLoop.Listener, LossGuard.Listener, SnapshotKeeper.Listener {

	private static final Logger logger = LoggerFactory.getLogger(ServiceWatch.class);

	private final String registry;

	private final String service;

	private final EventLoop loop;

	private final WatchSettings settings;

	private final DiscoveryObserver observer;

	private final Clock clock;

	private final ReconnectLoop connection;

	private final RefreshSchedule refreshes;

	private final LossGuard guard;

	private final InstancesPublisher publisher;

	private final SnapshotKeeper snapshots;

	private final WatchContactLog contact;

	private final Set<WatchSubscription> subscriptions = new LinkedHashSet<>();

	private final SkippedEntries skipped;

	private @Nullable WatchAttempt attempt;

	private @Nullable RegistryException unavailable;

	private @Nullable Boolean some;

	private @Nullable Long lostAt;

	private @Nullable Instant staleSince;

	private boolean ofSnapshot;

	private boolean warnedOfSnapshot;

	private int held;

	private EventLoop.@Nullable Timer linger;

	private volatile Map<HostAndPort, String> unhealthy = Map.of();

	private volatile WatchStatus status;

	/**
	 * Creates the watch of one service; {@link #start()} starts it.
	 * @param registry the registry's name
	 * @param description the registry as a person would name it
	 * @param service the service's name as operators see it
	 * @param loop the registry's event loop
	 * @param attempts makes attempts to follow the service
	 * @param settings how services are followed
	 * @param observer sees what happens
	 * @param contact tells of lost contact for all watches of the registry
	 * @param clock wall clock, for what operators are shown
	 */
	ServiceWatch(String registry, String description, String service, EventLoop loop,
			Function<InstancesSink, WatchAttempt> attempts, WatchSettings settings, DiscoveryObserver observer,
			WatchContactLog contact, Clock clock) {
		this.registry = registry;
		this.service = service;
		this.loop = loop;
		this.settings = settings;
		this.observer = observer;
		this.clock = clock;
		this.contact = contact;
		this.skipped = new SkippedEntries(registry, service, loop, clock);
		this.guard = new LossGuard(loop, settings.lossConfirmation(), settings.presence(), this);
		this.publisher = new InstancesPublisher(loop, settings, this::believed, this::publish);
		this.snapshots = new SnapshotKeeper(loop, settings.snapshots(), new Snapshots.Key(description, service), this);
		this.connection = new ReconnectLoop("watch of '" + service + "' in " + registry, loop, settings.backoff(),
				() -> begun(attempts.apply(this)), this);
		this.refreshes = new RefreshSchedule(loop, settings.refreshInterval());
		this.status = new WatchStatus(registry, service, false, 0, null, List.of(), null, null, 0, null, Map.of());
	}

	private WatchAttempt begun(WatchAttempt attempt) {
		this.attempt = attempt;
		return attempt;
	}

	void start() {
		this.snapshots.start();
		this.connection.start();
	}

	/**
	 * Ends the watch: no listener hears anything after it.
	 */
	void close() {
		this.subscriptions.clear();
		cancelLinger();
		this.connection.close();
		this.refreshes.disconnected();
		this.contact.ended(this.service);
		this.publisher.dropWaiting();
		this.snapshots.close(current());
		this.guard.close();
		this.observer.watchEnded(this.registry, this.service);
	}

	/**
	 * The list as listeners have it. Any thread.
	 * @return {@code null} before the first one
	 */
	@Nullable List<ServiceInstance> last() {
		return this.publisher.last();
	}

	/**
	 * Those that are registered and not to be called. Any thread.
	 * @return immutable, sorted by address, each with what the registry says about it
	 */
	Map<HostAndPort, String> unhealthy() {
		return this.unhealthy;
	}

	/**
	 * State for operators. Any thread.
	 * @return an immutable copy
	 */
	WatchStatus status() {
		return this.status.withSkipped(this.skipped.last());
	}

	void add(WatchSubscription subscription) {
		cancelLinger();
		this.subscriptions.add(subscription);
		updateStatus(this.status.connected(), this.status.updated(), this.status.reconnects(), this.status.lastError());
		List<ServiceInstance> last = last();
		if (last != null) {
			subscription.deliver(this.unhealthy);
			subscription.deliver(last);
		}
		else if (this.unavailable != null) {
			subscription.deliver(this.unavailable);
		}
	}

	/**
	 * Removes a subscription.
	 * @param subscription no longer told of anything
	 * @param unused run when the watch has then been without a subscription for the
	 * linger time
	 */
	void remove(WatchSubscription subscription, Runnable unused) {
		if (!this.subscriptions.remove(subscription)) {
			return;
		}
		updateStatus(this.status.connected(), this.status.updated(), this.status.reconnects(), this.status.lastError());
		if (this.subscriptions.isEmpty()) {
			this.linger = this.loop.schedule(this.settings.linger(), unused);
		}
	}

	private void cancelLinger() {
		if (this.linger != null) {
			this.linger.cancel();
			this.linger = null;
		}
	}

	void refresh() {
		this.refreshes.hint();
	}

	@Override
	public void changed(Supplier<Listing> listing) {
		this.publisher.changed(listing);
	}

	@Override
	public void heard() {
		this.refreshes.heard();
	}

	@Override
	public void refreshed(Supplier<Listing> listing) {
		this.refreshes.succeeded();
		this.guard.listedAnew();
		this.publisher.changed(listing);
	}

	@Override
	public void refreshFailed(RegistryException cause) {
		logger.debug("Service '{}' could not be read in {} beside its watch, which goes on: {}", this.service,
				this.registry, cause.getMessage());
		this.refreshes.failed();
	}

	@Override
	public void mayHaveForgotten() {
		this.guard.interrupted();
	}

	@Override
	public void skipped(String key, String reason) {
		if (this.skipped.add(key, reason)) {
			this.observer.entrySkipped(this.registry, this.service);
		}
	}

	private List<ServiceInstance> believed(List<ServiceInstance> told, Listing listing) {
		unhealthy(listing.unhealthy());
		List<ServiceInstance> believed = this.guard.accept(told, listing.withdrawn(), listing.unreached());
		if (this.ofSnapshot) {
			this.ofSnapshot = false;
			stale(null);
		}
		heldMayHaveChanged();
		return believed;
	}

	private void unhealthy(Map<HostAndPort, String> reported) {
		if (!reported.equals(this.unhealthy)) {
			Map<HostAndPort, String> unhealthy = Collections.unmodifiableMap(new TreeMap<>(reported));
			this.unhealthy = unhealthy;
			updateStatus(this.status.connected(), this.status.updated(), this.status.reconnects(),
					this.status.lastError());
			List.copyOf(this.subscriptions).forEach((subscription) -> subscription.deliver(unhealthy));
		}
	}

	@Override
	public void doubted(int held) {
		if (this.guard.isPanic()) {
			HostAndPort first = this.guard.held().get(0).address();
			logger.warn(
					"The health checks of {} reach no instance of service '{}'; using the {} that accept connections, such as {}, which is {} (query.fail-traffic-on-panic=true calls none)",
					this.registry, this.service, held, first, this.unhealthy.get(first));
			return;
		}
		logger.warn(
				"Missing in {} at once: {} of service '{}'. They stay in use for {}, unless nobody listens at their addresses any more",
				this.registry, (held != 1) ? held + " instances" : "1 instance", this.service,
				Durations.text(this.settings.lossConfirmation()));
	}

	@Override
	public void confirm() {
		this.refreshes.require();
	}

	@Override
	public void changed() {
		heldMayHaveChanged();
		this.publisher.publish(this.guard.believed());
	}

	private void heldMayHaveChanged() {
		int held = this.guard.held().size();
		if (held != this.held) {
			this.held = held;
			updateStatus(this.status.connected(), this.status.updated(), this.status.reconnects(),
					this.status.lastError());
			this.observer.instancesHeld(this.registry, this.service, held);
		}
	}

	private static String count(int instances) {
		return switch (instances) {
			case 0 -> "no instances";
			case 1 -> "1 instance";
			default -> instances + " instances";
		};
	}

	private void publish(List<ServiceInstance> instances) {
		logger.debug("Service '{}' in {} has {} instances: {}", this.service, this.registry, instances.size(),
				instances);
		boolean some = !instances.isEmpty();
		if (this.some == null || this.some != some) {
			this.some = some;
			logger.info("Service '{}' has {} in {}", this.service, count(instances.size()), this.registry);
		}
		this.unavailable = null;
		updateStatus(this.status.connected(), Instant.now(this.clock), this.status.reconnects(),
				this.status.lastError());
		this.observer.instancesChanged(this.registry, this.service, instances.size());
		List.copyOf(this.subscriptions).forEach((subscription) -> subscription.deliver(instances));
		if (!this.ofSnapshot) {
			this.snapshots.remember(instances, this::current);
		}
	}

	private @Nullable List<ServiceInstance> current() {
		return this.status.connected() ? last() : null;
	}

	@Override
	public void snapshot(Snapshots.Snapshot snapshot) {
		if (last() == null) {
			this.ofSnapshot = true;
			this.warnedOfSnapshot = this.unavailable != null;
			if (this.warnedOfSnapshot) {
				warnOfSnapshot(snapshot.instances().size(), snapshot.takenAt());
			}
			else {
				logger.info(
						"No answer from {} about service '{}' yet; using {} instances from the snapshot taken at {}",
						this.registry, this.service, snapshot.instances().size(), snapshot.takenAt());
			}
			stale(snapshot.takenAt());
			this.guard.begin(snapshot.instances());
			this.publisher.publish(snapshot.instances());
		}
	}

	private void warnOfSnapshot(int instances, @Nullable Instant takenAt) {
		logger.warn("Cannot read service '{}' from {}; using {} instances from the snapshot taken at {}", this.service,
				this.registry, instances, takenAt);
	}

	@Override
	public void noSnapshot() {
		RegistryException cause = this.unavailable;
		if (last() == null && cause != null) {
			List.copyOf(this.subscriptions).forEach((subscription) -> subscription.deliver(cause));
		}
	}

	@Override
	public void onActive() {
		if (this.attempt != null) {
			this.refreshes.connected(this.attempt);
		}
		if (this.lostAt != null) {
			this.contact.regained(this.service);
			this.lostAt = null;
		}
		this.unavailable = null;
		if (!this.ofSnapshot) {
			stale(null);
		}
		updateStatus(true, this.status.updated(), this.status.reconnects(), null);
	}

	@Override
	public void onLost(RegistryException cause) {
		this.guard.interrupted();
		this.refreshes.disconnected();
		boolean first = this.lostAt == null;
		this.contact.lost(this.service, last() != null, cause);
		if (first && last() != null && !this.ofSnapshot) {
			stale(Instant.now(this.clock));
		}
		if (first) {
			this.lostAt = this.loop.nanoTime();
			this.observer.contactLost(this.registry, this.service, DiscoveryObserver.Purpose.WATCH);
		}
		updateStatus(false, this.status.updated(), this.status.reconnects() + (first ? 1 : 0), cause.getMessage());
		List<ServiceInstance> last = last();
		if (last == null) {
			this.unavailable = cause;
			this.snapshots.want();
		}
		else if (this.ofSnapshot && !this.warnedOfSnapshot) {
			this.warnedOfSnapshot = true;
			warnOfSnapshot(last.size(), this.staleSince);
		}
	}

	private void stale(@Nullable Instant since) {
		if (!Objects.equals(this.staleSince, since)) {
			this.staleSince = since;
			this.observer.freshnessChanged(this.registry, this.service, since);
		}
	}

	private void updateStatus(boolean connected, @Nullable Instant updated, long reconnects,
			@Nullable String lastError) {
		this.status = new WatchStatus(this.registry, this.service, connected, this.subscriptions.size(), last(),
				this.guard.held(), this.staleSince, updated, reconnects, lastError, this.unhealthy);
	}

}
