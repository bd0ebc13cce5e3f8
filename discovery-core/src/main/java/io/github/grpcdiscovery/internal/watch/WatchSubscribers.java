package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.spi.EventLoop;

/**
 * All who subscribe to one service, and the time for which it is followed after the last
 * of them. On the event loop only.
 *
 * @param <S> one who subscribes
 */
final class WatchSubscribers<S> {

	private final EventLoop loop;

	private final Duration linger;

	private final Set<S> subscriptions = new LinkedHashSet<>();

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

	void add(S subscription) {
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
	boolean remove(S subscription, Runnable unused) {
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

	/**
	 * Hands something to each of them, who may subscribe and unsubscribe meanwhile.
	 * @param delivery hands it to one
	 */
	void each(Consumer<S> delivery) {
		this.loop.requireInLoop();
		List.copyOf(this.subscriptions).forEach(delivery);
	}

	/**
	 * The one who has subscribed for the longest time.
	 * @return {@code null} if there is none
	 */
	@Nullable S first() {
		return this.subscriptions.isEmpty() ? null : this.subscriptions.iterator().next();
	}

	private void cancelTimer() {
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

}
