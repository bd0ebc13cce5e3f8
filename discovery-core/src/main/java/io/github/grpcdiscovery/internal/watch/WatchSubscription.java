package io.github.grpcdiscovery.internal.watch;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;

/**
 * One listener, guarded against its own errors and against hearing one list twice.
 * Deliveries never overlap: the first is made by the subscribing thread before the event
 * loop knows of the subscription, all others by the event loop.
 */
final class WatchSubscription implements Subscription {

	private static final Logger logger = LoggerFactory.getLogger(WatchSubscription.class);

	private final Owner owner;

	private final String service;

	private final InstancesListener listener;

	private volatile boolean closed;

	private @Nullable List<ServiceInstance> delivered;

	private Map<HostAndPort, String> unhealthy = Map.of();

	WatchSubscription(Owner owner, String service, InstancesListener listener) {
		this.owner = owner;
		this.service = service;
		this.listener = listener;
	}

	void deliver(List<ServiceInstance> instances) {
		if (!instances.equals(this.delivered)) {
			this.delivered = instances;
			guarded(() -> this.listener.onInstances(instances));
		}
	}

	void deliver(Map<HostAndPort, String> unhealthy) {
		if (!unhealthy.equals(this.unhealthy)) {
			this.unhealthy = unhealthy;
			guarded(() -> this.listener.onUnhealthy(unhealthy));
		}
	}

	void deliver(RegistryException cause) {
		// a list of a watch that has ended meanwhile is a list all the same
		if (this.delivered == null) {
			guarded(() -> this.listener.onUnavailable(cause));
		}
	}

	private void guarded(Runnable call) {
		if (this.closed) {
			return;
		}
		try {
			call.run();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.error("A listener of service '{}' failed; it stays subscribed", this.service, ex);
		}
	}

	@Override
	public void refresh() {
		if (!this.closed) {
			this.owner.refresh(this.service);
		}
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.owner.unsubscribe(this.service, this);
		}
	}

	/** Keeps the subscription. Any thread. */
	interface Owner {

		/**
		 * Reads the service once more, if its list may be out of date.
		 * @param service the service's name
		 */
		void refresh(String service);

		/**
		 * The subscription was closed.
		 * @param service the service's name
		 * @param subscription gets nothing any more
		 */
		void unsubscribe(String service, WatchSubscription subscription);

	}

}
