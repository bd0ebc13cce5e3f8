package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * All who subscribe to one service, and the time for which it is followed after the last
 * of them. On the event loop only.
 */
final class WatchSubscribers {

	private final EventLoop loop;

	private final Duration linger;

	private final Set<WatchSubscription> subscriptions = new LinkedHashSet<>();

	private EventLoop.@Nullable Timer timer;

	/**
	 * Creates it without a subscription.
	 * @param loop where all of it happens
	 * @param linger how long a service is followed without a subscription
	 */
	WatchSubscribers(EventLoop loop, Duration linger) {
		this.loop = loop;
		this.linger = linger;
	}

	void add(WatchSubscription subscription) {
		this.loop.requireInLoop();
		cancelTimer();
		this.subscriptions.add(subscription);
	}

	/**
	 * Removes a subscription.
	 * @param subscription gets nothing any more
	 * @param unused run when there has then been no subscription for the linger time
	 * @return whether it was there
	 */
	boolean remove(WatchSubscription subscription, Runnable unused) {
		this.loop.requireInLoop();
		boolean removed = this.subscriptions.remove(subscription);
		if (removed && this.subscriptions.isEmpty()) {
			this.timer = this.loop.schedule(this.linger, unused);
		}
		return removed;
	}

	/**
	 * Removes all: nobody hears anything any more.
	 */
	void clear() {
		this.loop.requireInLoop();
		this.subscriptions.clear();
		cancelTimer();
	}

	int count() {
		return this.subscriptions.size();
	}

	void deliver(List<ServiceInstance> instances) {
		each((subscription) -> subscription.deliver(instances));
	}

	void deliver(Map<HostAndPort, String> unhealthy) {
		each((subscription) -> subscription.deliver(unhealthy));
	}

	void deliver(RegistryException cause) {
		each((subscription) -> subscription.deliver(cause));
	}

	// a listener may subscribe and unsubscribe
	private void each(Consumer<WatchSubscription> delivery) {
		this.loop.requireInLoop();
		List.copyOf(this.subscriptions).forEach(delivery);
	}

	private void cancelTimer() {
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

}
