package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.Listing;

/**
 * Turns what a registry reports into the lists that listeners get: sorted, each address
 * once, only when something changed, and not faster than the update interval. The last
 * list stays until there is another: unknown is not empty. On the event loop, but for
 * {@link #last()}.
 */
final class InstancesPublisher {

	// the order of HostAndPort, without making one for each comparison
	static final Comparator<ServiceInstance> BY_ADDRESS = Comparator.comparing(ServiceInstance::host)
		.thenComparingInt(ServiceInstance::port);

	private static final Comparator<ServiceInstance> BY_ADDRESS_AND_ID = BY_ADDRESS.thenComparing(ServiceInstance::id);

	private final EventLoop loop;

	private final WatchSettings settings;

	private final BiFunction<List<ServiceInstance>, Listing, List<ServiceInstance>> belief;

	private final Consumer<List<ServiceInstance>> subscriber;

	private volatile @Nullable List<ServiceInstance> last;

	private @Nullable Supplier<Listing> waiting;

	private EventLoop.@Nullable Timer timer;

	private long askedAt;

	private boolean hurried;

	/**
	 * Creates a publisher that has published nothing.
	 * @param loop where all of it happens
	 * @param settings how often
	 * @param belief makes of the instances that are told, and of what else the listing
	 * says, what is believed: both lists sorted, each address once
	 * @param subscriber takes the lists
	 */
	InstancesPublisher(EventLoop loop, WatchSettings settings,
			BiFunction<List<ServiceInstance>, Listing, List<ServiceInstance>> belief,
			Consumer<List<ServiceInstance>> subscriber) {
		this.loop = loop;
		this.settings = settings;
		this.belief = belief;
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

	void changed(Supplier<Listing> listing) {
		this.loop.requireInLoop();
		this.waiting = listing;
		if (this.timer != null) {
			return;
		}
		Duration rest = this.settings.updateInterval().minus(this.loop.since(this.askedAt));
		boolean rested = rest.isNegative() || rest.isZero();
		if (rested || mayHurry()) {
			this.hurried = !rested;
			publish();
		}
		else {
			this.timer = this.loop.schedule(rest, () -> {
				this.timer = null;
				this.hurried = false;
				publish();
			});
		}
	}

	// calls wait for the first instance, so it does not, once
	private boolean mayHurry() {
		List<ServiceInstance> last = this.last;
		return last == null || (last.isEmpty() && !this.hurried);
	}

	/**
	 * Publishes a list that no registry reported just now.
	 * @param instances sorted, immutable, each address once
	 */
	void publish(List<ServiceInstance> instances) {
		this.loop.requireInLoop();
		if (!instances.equals(this.last)) {
			this.last = instances;
			this.subscriber.accept(instances);
		}
	}

	/**
	 * Forgets what was reported and not published yet.
	 */
	void dropWaiting() {
		this.waiting = null;
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	private void publish() {
		Supplier<Listing> supplier = this.waiting;
		this.waiting = null;
		if (supplier == null) {
			return;
		}
		this.askedAt = this.loop.nanoTime();
		Listing listing = supplier.get();
		publish(this.belief.apply(sortedAndDistinct(listing.instances()), listing));
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
