package io.github.grpcdiscovery.internal.watch;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.internal.reconnect.ReconnectLoop;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.WatchAttempt;

/**
 * Follows one service for all who subscribe to it: the connection, and the snapshot while
 * there is none. What the registry reports goes through the {@link WatchPipeline}. On the
 * event loop, except where it says otherwise.
 */
final class ServiceWatch {

	private final String service;

	private final WatchState state;

	private final WatchLog log;

	private final WatchSubscribers<WatchSubscription> subscribers;

	private final SkippedEntries skipped;

	private final RefreshSchedule refreshes;

	private final WatchPipeline pipeline;

	private final SnapshotKeeper<Snapshots.Snapshot, List<ServiceInstance>> snapshots;

	private final ReconnectLoop connection;

	private final WatchConnectivityLog contact;

	private @Nullable WatchAttempt attempt;

	private boolean lost;

	private @Nullable RegistryException unavailable;

	private boolean warnedOfSnapshot;

	/**
	 * Creates the watch of one service; {@link #start()} starts it.
	 * @param registry what all of the registry share
	 * @param service the service's name as operators see it
	 * @param attempts makes attempts to follow the service
	 * @param settings how services are followed
	 * @param contact reports lost contact for all watches of the registry
	 */
	ServiceWatch(RegistryContext registry, String service, Function<InstancesSink, WatchAttempt> attempts,
			WatchSettings settings, WatchConnectivityLog contact) {
		EventLoop loop = registry.loop();
		this.service = service;
		this.contact = contact;
		this.state = new WatchState(registry, service);
		this.log = new WatchLog(registry.name(), service);
		this.subscribers = new WatchSubscribers<>(loop, settings.linger());
		this.skipped = new SkippedEntries(registry.name(), service, loop, registry.clock());
		this.refreshes = new RefreshSchedule(loop, settings.refreshInterval());
		this.pipeline = new WatchPipeline(loop, settings, this.state, this.log, this.refreshes, this.skipped,
				new Published());
		InstancesStore store = InstancesStore.of(settings.snapshots(),
				new Snapshots.Key(registry.description(), service));
		this.snapshots = new SnapshotKeeper<>(loop, store, new SnapshotListener());
		this.connection = new ReconnectLoop("watch of '" + service + "' in " + registry.name(), loop,
				settings.backoff(), () -> this.attempt = attempts.apply(this.pipeline), new Transitions());
	}

	void start() {
		this.snapshots.start();
		this.connection.start();
	}

	/**
	 * Ends the watch: no listener hears anything after it.
	 */
	void close() {
		this.subscribers.clear();
		this.connection.close();
		this.contact.ended(this.service);
		this.pipeline.close();
		this.snapshots.close(current());
		this.state.ended();
	}

	/**
	 * The list as listeners have it. Any thread.
	 * @return {@code null} before the first one
	 */
	@Nullable List<ServiceInstance> last() {
		return this.pipeline.last();
	}

	/**
	 * Those that are registered and not to be called. Any thread.
	 * @return immutable, sorted by address, each with what the registry says about it
	 */
	Map<HostAndPort, String> unhealthy() {
		return this.state.status().unhealthy();
	}

	/**
	 * State for operators. Any thread.
	 * @return an immutable copy
	 */
	WatchStatus status() {
		return this.state.status().toBuilder().skipped(this.skipped.last()).build();
	}

	void add(WatchSubscription subscription) {
		this.subscribers.add(subscription);
		this.state.subscriptions(this.subscribers.count());
		List<ServiceInstance> last = last();
		if (last != null) {
			subscription.deliver(this.state.unhealthy());
			subscription.deliver(last);
		}
		else if (this.unavailable != null) {
			subscription.deliver(this.unavailable);
		}
	}

	/**
	 * Removes a subscription.
	 * @param subscription gets nothing any more
	 * @param unused run when the watch has then been without a subscription for the
	 * linger time
	 */
	void remove(WatchSubscription subscription, Runnable unused) {
		if (this.subscribers.remove(subscription, unused)) {
			this.state.subscriptions(this.subscribers.count());
		}
	}

	void refresh() {
		this.refreshes.hint();
	}

	private void begin(List<ServiceInstance> snapshot, Instant takenAt) {
		this.warnedOfSnapshot = this.unavailable != null;
		if (this.warnedOfSnapshot) {
			this.log.snapshotInPlaceOfAnAnswer(snapshot.size(), takenAt);
		}
		else {
			this.log.snapshotBeforeAnAnswer(snapshot.size(), takenAt);
		}
		this.state.snapshot(takenAt);
		this.pipeline.begin(snapshot);
	}

	private @Nullable List<ServiceInstance> current() {
		return this.state.isConnected() ? last() : null;
	}

	private final class Published implements WatchPipeline.Output {

		@Override
		public void unhealthy(Map<HostAndPort, String> unhealthy) {
			ServiceWatch.this.subscribers.each((subscription) -> subscription.deliver(unhealthy));
		}

		@Override
		public void instances(List<ServiceInstance> instances) {
			ServiceWatch watch = ServiceWatch.this;
			watch.unavailable = null;
			watch.log.published(instances);
			watch.state.published(instances);
			watch.subscribers.each((subscription) -> subscription.deliver(instances));
			if (!watch.state.isFromSnapshot()) {
				watch.snapshots.remember(instances, watch::current);
			}
		}

	}

	private final class SnapshotListener implements SnapshotKeeper.Listener<Snapshots.Snapshot> {

		@Override
		public void snapshot(Snapshots.Snapshot snapshot) {
			if (last() == null) {
				begin(snapshot.instances(), snapshot.takenAt());
			}
		}

		@Override
		public void noSnapshot() {
			RegistryException unavailable = ServiceWatch.this.unavailable;
			if (last() == null && unavailable != null) {
				ServiceWatch.this.subscribers.each((subscription) -> subscription.deliver(unavailable));
			}
		}

	}

	private final class Transitions implements ReconnectLoop.Listener {

		@Override
		public void onActive() {
			ServiceWatch watch = ServiceWatch.this;
			if (watch.attempt != null) {
				watch.refreshes.connected(watch.attempt);
			}
			if (watch.lost) {
				watch.lost = false;
				watch.contact.regained(watch.service);
			}
			watch.unavailable = null;
			watch.state.connected();
		}

		@Override
		public void onLost(RegistryException cause) {
			ServiceWatch watch = ServiceWatch.this;
			watch.pipeline.disconnected();
			List<ServiceInstance> last = watch.last();
			watch.contact.lost(watch.service, last != null, cause);
			watch.state.disconnected(!watch.lost, cause.getMessage());
			watch.lost = true;
			if (last == null) {
				watch.unavailable = cause;
				watch.snapshots.request();
			}
			else if (watch.state.isFromSnapshot() && !watch.warnedOfSnapshot) {
				watch.warnedOfSnapshot = true;
				watch.log.snapshotInPlaceOfAnAnswer(last.size(), watch.state.staleSince());
			}
		}

	}

}
