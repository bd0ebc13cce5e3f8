package io.github.grpcdiscovery.internal.watch;

import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * What is known of one followed service, for operators and for the observer. On the event
 * loop only, except for {@link #status()}.
 */
final class WatchState {

	private final String registry;

	private final String service;

	private final EventLoop loop;

	private final DiscoveryObserver observer;

	private final Clock clock;

	private boolean connected;

	private int subscriptions;

	private @Nullable List<ServiceInstance> instances;

	private List<ServiceInstance> retained = List.of();

	private boolean fromSnapshot;

	private @Nullable Instant staleSince;

	private @Nullable Instant updated;

	private long reconnects;

	private @Nullable String lastError;

	private Map<HostAndPort, String> unhealthy = Map.of();

	private volatile WatchStatus status;

	/**
	 * The state of a service of which nothing is known.
	 * @param registry what all of the registry share
	 * @param service the service's name as operators see it
	 */
	WatchState(RegistryContext registry, String service) {
		this.registry = registry.name();
		this.service = service;
		this.loop = registry.loop();
		this.observer = registry.observer();
		this.clock = registry.clock();
		this.status = WatchStatus.builder(this.registry, service).build();
	}

	/**
	 * State for operators. Any thread.
	 * @return an immutable copy
	 */
	WatchStatus status() {
		return this.status;
	}

	boolean isConnected() {
		return this.connected;
	}

	/**
	 * Whether the list is a snapshot, and the registry has reported nothing yet.
	 */
	boolean isFromSnapshot() {
		return this.fromSnapshot;
	}

	@Nullable Instant staleSince() {
		return this.staleSince;
	}

	Map<HostAndPort, String> unhealthy() {
		return this.unhealthy;
	}

	void subscriptions(int count) {
		this.subscriptions = count;
		update();
	}

	void connected() {
		this.connected = true;
		this.lastError = null;
		if (!this.fromSnapshot) {
			staleSince(null);
		}
		update();
	}

	/**
	 * Contact is lost, or an attempt to regain it has failed.
	 * @param first whether there was contact before, or no attempt at all
	 * @param error why, without secrets
	 */
	void disconnected(boolean first, @Nullable String error) {
		this.connected = false;
		this.lastError = error;
		if (first) {
			if (this.instances != null && !this.fromSnapshot) {
				staleSince(Instant.now(this.clock));
			}
			this.reconnects++;
			this.observer.contactLost(this.registry, this.service, DiscoveryObserver.Purpose.WATCH);
		}
		update();
	}

	/**
	 * The next list is a snapshot.
	 * @param takenAt when it was true
	 */
	void snapshot(Instant takenAt) {
		this.fromSnapshot = true;
		staleSince(takenAt);
	}

	/**
	 * The registry reports a list.
	 * @param retained instances that stay although the registry does not have them
	 */
	void reported(List<ServiceInstance> retained) {
		if (this.fromSnapshot) {
			this.fromSnapshot = false;
			staleSince(null);
		}
		retained(retained);
	}

	void retained(List<ServiceInstance> retained) {
		boolean sameCount = this.retained.size() == retained.size();
		if (!retained.equals(this.retained)) {
			this.retained = retained;
			update();
		}
		if (!sameCount) {
			this.observer.instancesRetained(this.registry, this.service, retained.size());
		}
	}

	/**
	 * Those that are registered and not to be called.
	 * @param reported each with what the registry says about it
	 * @return whether something changed
	 */
	boolean unhealthy(Map<HostAndPort, String> reported) {
		if (reported.equals(this.unhealthy)) {
			return false;
		}
		this.unhealthy = Collections.unmodifiableMap(new TreeMap<>(reported));
		update();
		return true;
	}

	void published(List<ServiceInstance> instances) {
		this.instances = instances;
		this.updated = Instant.now(this.clock);
		update();
		this.observer.instancesChanged(this.registry, this.service, instances.size());
	}

	void skippedEntry() {
		this.observer.entrySkipped(this.registry, this.service);
	}

	void ended() {
		this.observer.watchEnded(this.registry, this.service);
	}

	private void staleSince(@Nullable Instant since) {
		if (!Objects.equals(this.staleSince, since)) {
			this.staleSince = since;
			this.observer.freshnessChanged(this.registry, this.service, since);
		}
	}

	private void update() {
		this.loop.requireInLoop();
		this.status = WatchStatus.builder(this.registry, this.service)
			.connected(this.connected)
			.subscriptions(this.subscriptions)
			.instances(this.instances)
			.unconfirmed(this.retained)
			.staleSince(this.staleSince)
			.updated(this.updated)
			.reconnects(this.reconnects)
			.lastError(this.lastError)
			.unhealthy(this.unhealthy)
			.build();
	}

}
