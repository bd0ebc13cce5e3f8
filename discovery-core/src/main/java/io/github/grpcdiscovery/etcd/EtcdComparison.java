package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.InstancesSink;

/**
 * Compares what a watch has told with the store, beside the watch: by the number of keys
 * each minute or so, and by a listing where that differs, where somebody asks for it, and
 * from time to time where the store has changed at all. What cannot be compared is no
 * news about the watch. On the event loop only.
 */
final class EtcdComparison {

	private static final Logger logger = LoggerFactory.getLogger(EtcdComparison.class);

	/** Mean time between two counts. */
	static final Duration COUNT = Duration.ofSeconds(60);

	/** A listing is compared at least as often, if the store has changed. */
	static final Duration LIST = Duration.ofMinutes(10);

	private final EtcdApi api;

	private final String prefix;

	private final EtcdInstances instances;

	private final EtcdHistory history;

	private final InstancesSink sink;

	private final AttemptContext context;

	/** When and at which revision the store was listed last. */
	private long listedAt;

	private long listedRevision;

	/** A listing is on its way. */
	private boolean listing;

	/** A listing is to be made for whoever asked for a refresh. */
	private boolean refreshing;

	EtcdComparison(EtcdApi api, String prefix, EtcdInstances instances, EtcdHistory history, InstancesSink sink,
			AttemptContext context) {
		this.api = api;
		this.prefix = prefix;
		this.instances = instances;
		this.history = history;
		this.sink = sink;
		this.context = context;
	}

	/**
	 * Begins to compare from time to time.
	 * @param listing the one that the watch has begun with, made a moment ago
	 */
	void start(long listing) {
		this.listedAt = this.context.loop().nanoTime();
		this.listedRevision = listing;
		scheduleCount();
	}

	private void scheduleCount() {
		this.context.schedule(this.context.loop().jittered(COUNT), () -> {
			count((ignored) -> {
			}, (cause) -> logger.debug("{}: not compared: {}", this.prefix, cause.getMessage()));
			scheduleCount();
		});
	}

	/**
	 * Compares by the number of keys, and by a listing if that differs.
	 * @param equal told whether the number is what we know
	 * @param failed told if it could not be compared
	 */
	void count(Consumer<Boolean> equal, Consumer<RegistryException> failed) {
		long known = this.history.revision();
		this.context.await(this.api.count(this.prefix), (count) -> {
			this.history.require(count.cluster(), count.revision(), known);
			boolean same = count.keys() == this.instances.keys();
			if (same) {
				this.sink.heard();
			}
			if (!same || isListingDue(count)) {
				list();
			}
			equal.accept(same);
		}, failed);
	}

	private boolean isListingDue(EtcdCount count) {
		return count.revision() != this.listedRevision && this.context.loop().since(this.listedAt).compareTo(LIST) >= 0;
	}

	/**
	 * Lists once for whoever asked the attempt to refresh.
	 */
	void refresh() {
		this.refreshing = true;
		list();
	}

	private void list() {
		if (this.listing) {
			return;
		}
		boolean refresh = this.refreshing;
		this.refreshing = false;
		this.listing = true;
		this.instances.expectListing();
		long known = this.history.revision();
		this.context.await(this.api.list(this.prefix), (listing) -> {
			listed(listing, known, refresh);
			listingIsOver();
		}, (cause) -> {
			notListed(cause, refresh);
			listingIsOver();
		});
	}

	// the watch goes on meanwhile; the newer revision of each key wins
	private void listed(EtcdListing listing, long known, boolean refresh) {
		this.history.require(listing.cluster(), listing.revision(), known);
		this.listedAt = this.context.loop().nanoTime();
		this.listedRevision = listing.revision();
		if (this.instances.apply(listing)) {
			logger.debug("{}: the listing at revision {} is ahead of the watch", this.prefix, listing.revision());
			this.sink.changed(this.instances::listing);
		}
		this.sink.heard();
		if (refresh) {
			this.sink.refreshed(this.instances::listing);
		}
	}

	private void notListed(RegistryException cause, boolean refresh) {
		this.instances.expectListingNoMore();
		if (refresh) {
			this.sink.refreshFailed(cause);
		}
		else {
			logger.debug("{}: not compared with a listing, which failed: {}", this.prefix, cause.getMessage());
		}
	}

	private void listingIsOver() {
		this.listing = false;
		if (this.refreshing) {
			list();
		}
	}

}
