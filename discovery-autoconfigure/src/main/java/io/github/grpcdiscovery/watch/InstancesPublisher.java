package io.github.grpcdiscovery.watch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.reconnect.EventLoop;

/**
 * Turns what a registry reports into the lists that listeners get: sorted, each address
 * once, only when something changed, and not faster than the update interval. The last
 * list stays until there is another: unknown is not empty. On the event loop, but for
 * {@link #last()}.
 */
final class InstancesPublisher {

	// the order of HostAndPort, without making one for each comparison
	private static final Comparator<ServiceInstance> BY_ADDRESS_AND_ID = Comparator.comparing(ServiceInstance::host)
		.thenComparingInt(ServiceInstance::port)
		.thenComparing(ServiceInstance::id);

	private final EventLoop loop;

	private final WatchSettings settings;

	private final Consumer<List<ServiceInstance>> subscriber;

	private volatile @Nullable List<ServiceInstance> last;

	private @Nullable Supplier<? extends Collection<ServiceInstance>> waiting;

	private EventLoop.@Nullable Timer timer;

	private long askedAt;

	InstancesPublisher(EventLoop loop, WatchSettings settings, Consumer<List<ServiceInstance>> subscriber) {
		this.loop = loop;
		this.settings = settings;
		this.subscriber = subscriber;
		this.askedAt = loop.nanoTime() - settings.updateInterval().toNanos();
	}

	/**
	 * The list as last published. Any thread.
	 * @return {@code null} before the first one
	 */
	@Nullable List<ServiceInstance> last() {
		return this.last;
	}

	void changed(Supplier<? extends Collection<ServiceInstance>> instances) {
		this.loop.requireInLoop();
		this.waiting = instances;
		if (this.timer != null) {
			return;
		}
		var quiet = this.settings.updateInterval().minus(this.loop.since(this.askedAt));
		if (this.last == null || quiet.isNegative() || quiet.isZero()) {
			publish();
		}
		else {
			this.timer = this.loop.schedule(quiet, () -> {
				this.timer = null;
				publish();
			});
		}
	}

	void close() {
		this.waiting = null;
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	private void publish() {
		Supplier<? extends Collection<ServiceInstance>> supplier = this.waiting;
		this.waiting = null;
		if (supplier == null) {
			return;
		}
		this.askedAt = this.loop.nanoTime();
		List<ServiceInstance> instances = sortedAndDistinct(supplier.get());
		if (!instances.equals(this.last)) {
			this.last = instances;
			this.subscriber.accept(instances);
		}
	}

	private static List<ServiceInstance> sortedAndDistinct(Collection<ServiceInstance> instances) {
		List<ServiceInstance> sorted = new ArrayList<>(instances);
		sorted.sort(BY_ADDRESS_AND_ID);
		List<ServiceInstance> distinct = new ArrayList<>(sorted.size());
		ServiceInstance before = null;
		for (ServiceInstance instance : sorted) {
			if (before == null || before.port() != instance.port() || !before.host().equals(instance.host())) {
				distinct.add(instance);
			}
			before = instance;
		}
		return List.copyOf(distinct);
	}

}
