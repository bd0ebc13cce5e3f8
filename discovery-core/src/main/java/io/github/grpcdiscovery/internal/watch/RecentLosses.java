package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * The addresses that left a moment ago without being retained. They count when the next
 * ones leave. On the event loop only.
 */
final class RecentLosses {

	private final EventLoop loop;

	private final Duration age;

	private final Map<HostAndPort, Long> leftAt = new HashMap<>();

	/**
	 * Creates it without losses.
	 * @param loop whose clock counts
	 * @param age how long a loss counts
	 */
	RecentLosses(EventLoop loop, Duration age) {
		this.loop = loop;
		this.age = age;
	}

	void add(Collection<HostAndPort> addresses) {
		addresses.forEach((address) -> this.leftAt.put(address, this.loop.nanoTime()));
	}

	/**
	 * Counts the losses that are not too old.
	 * @param present what is there, so that it is not lost
	 * @return how many addresses
	 */
	int count(List<ServiceInstance> present) {
		this.leftAt.values().removeIf((when) -> this.loop.since(when).compareTo(this.age) > 0);
		if (!this.leftAt.isEmpty()) {
			present.forEach((instance) -> this.leftAt.remove(instance.address()));
		}
		return this.leftAt.size();
	}

	void clear() {
		this.leftAt.clear();
	}

}
