package io.github.grpcdiscovery.internal.watch;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.Listing;

/**
 * The way of a list from the registry to those who subscribe, in one direction: sink,
 * throttle, sort, loss guard, publish if changed, output. On the event loop, except for
 * {@link #last()}.
 */
final class WatchPipeline implements InstancesSink {

	private final WatchSettings settings;

	private final WatchState state;

	private final WatchLog log;

	private final RefreshSchedule refreshes;

	private final SkippedEntries skipped;

	private final Output output;

	private final UpdateThrottle throttle;

	private final LossGuard guard;

	private final InstancesPublisher publisher;

	/**
	 * Creates a pipeline in which nothing was reported.
	 * @param loop where all of it happens
	 * @param settings how services are followed
	 * @param state takes what operators are shown
	 * @param log takes what operators read
	 * @param refreshes when the service is read beside the watch
	 * @param skipped takes the entries that are no instances
	 * @param output takes what is published
	 */
	WatchPipeline(EventLoop loop, WatchSettings settings, WatchState state, WatchLog log, RefreshSchedule refreshes,
			SkippedEntries skipped, Output output) {
		this.settings = settings;
		this.state = state;
		this.log = log;
		this.refreshes = refreshes;
		this.skipped = skipped;
		this.output = output;
		this.publisher = new InstancesPublisher(loop, output::instances);
		this.guard = new LossGuard(loop, settings.lossConfirmation(), settings.reachability(), new GuardListener());
		this.throttle = new UpdateThrottle(loop, settings.updateInterval(), this::listed);
	}

	@Override
	public void changed(Supplier<Listing> listing) {
		// calls wait for the first instance
		List<ServiceInstance> last = last();
		this.throttle.offer(listing, last == null || last.isEmpty());
	}

	private void listed(Listing listing) {
		if (this.state.unhealthy(listing.unhealthy())) {
			this.output.unhealthy(this.state.unhealthy());
		}
		List<ServiceInstance> reported = SortedInstances.of(listing.instances());
		List<ServiceInstance> effective = this.guard.accept(reported, listing.outOfService(), listing.unreached());
		this.state.reported(this.guard.retained());
		this.publisher.publish(effective);
	}

	@Override
	public void heard() {
		this.refreshes.heard();
	}

	@Override
	public void refreshed(Supplier<Listing> listing) {
		this.refreshes.succeeded();
		this.guard.relisted();
		changed(listing);
	}

	@Override
	public void refreshFailed(RegistryException cause) {
		this.log.refreshFailed(cause);
		this.refreshes.failed();
	}

	@Override
	public void mayHaveForgotten() {
		this.guard.interrupted();
	}

	@Override
	public void skipped(String key, String reason) {
		if (this.skipped.add(key, reason)) {
			this.state.skippedEntry();
		}
	}

	/**
	 * Contact is lost: what is missing from the next list may have been forgotten.
	 */
	void disconnected() {
		this.guard.interrupted();
		this.refreshes.disconnected();
	}

	/**
	 * Publishes the list of an earlier process.
	 * @param instances sorted, each address once
	 */
	void begin(List<ServiceInstance> instances) {
		this.guard.begin(instances);
		this.publisher.publish(instances);
	}

	/**
	 * The list as last published. Any thread.
	 * @return {@code null} before the first one
	 */
	@Nullable List<ServiceInstance> last() {
		return this.publisher.last();
	}

	/**
	 * Ends it: nothing is published any more.
	 */
	void close() {
		this.refreshes.disconnected();
		this.throttle.dropPending();
		this.guard.close();
	}

	/** Takes what is published, on the event loop. */
	interface Output {

		/**
		 * There is another list.
		 * @param instances sorted, immutable, each address once
		 */
		void instances(List<ServiceInstance> instances);

		/**
		 * Others are registered and not to be called. Comes before the list.
		 * @param unhealthy sorted by address, immutable, each with what the registry says
		 * about it
		 */
		void unhealthy(Map<HostAndPort, String> unhealthy);

	}

	private final class GuardListener implements LossGuard.Listener {

		@Override
		public void suspected(List<ServiceInstance> retained) {
			WatchPipeline pipeline = WatchPipeline.this;
			if (pipeline.guard.isPanic()) {
				pipeline.log.panic(retained, pipeline.state.unhealthy());
			}
			else {
				pipeline.log.lossSuspected(retained.size(), pipeline.settings.lossConfirmation());
			}
		}

		@Override
		public void confirm() {
			WatchPipeline.this.refreshes.require();
		}

		@Override
		public void changed(List<ServiceInstance> effective) {
			WatchPipeline.this.state.retained(WatchPipeline.this.guard.retained());
			WatchPipeline.this.publisher.publish(effective);
		}

	}

}
