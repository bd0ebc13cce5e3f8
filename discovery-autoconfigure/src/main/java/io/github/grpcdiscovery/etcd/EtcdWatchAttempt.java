package io.github.grpcdiscovery.etcd;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.reconnect.AttemptContext;
import io.github.grpcdiscovery.reconnect.EventLoop;
import io.github.grpcdiscovery.watch.InstancesSink;
import io.github.grpcdiscovery.watch.Listing;
import io.github.grpcdiscovery.watch.WatchAttempt;

/**
 * One try to follow a service: lists it at a revision and watches from the next. Asks for
 * a sign of life where there was none for a while, and compares with a new listing from
 * time to time, beside the watch, since etcd itself has lost events before. Any doubt
 * ends the attempt.
 */
final class EtcdWatchAttempt implements WatchAttempt {

	private static final Logger logger = LoggerFactory.getLogger(EtcdWatchAttempt.class);

	private static final Duration PROBE = Duration.ofSeconds(12);

	private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

	private static final Duration RECONCILE = Duration.ofSeconds(60);

	private final EtcdApi api;

	private final String prefix;

	private final InstancesSink sink;

	private final EtcdInstances instances;

	private EtcdApi.@Nullable WatchCall watch;

	private EventLoop.@Nullable Timer probe;

	private @Nullable AttemptContext context;

	/** A listing is on its way beside the watch. */
	private boolean listing;

	/** A listing is to be made for {@link #refresh()}. */
	private boolean refreshing;

	private long cluster;

	private long revision;

	private long heardAt;

	EtcdWatchAttempt(EtcdApi api, EtcdKeys keys, String service, InstancesSink sink) {
		this.api = api;
		this.prefix = keys.prefix(service);
		this.sink = sink;
		this.instances = new EtcdInstances(service, this.prefix, sink);
	}

	@Override
	public void begin(AttemptContext context) {
		this.context = context;
		context.await(this.api.list(this.prefix), (listing) -> {
			this.cluster = listing.cluster();
			this.revision = listing.revision();
			this.instances.apply(listing);
			this.sink.changed(this::listing);
			this.watch = this.api.watch(this.prefix, listing.revision() + 1, new Listener(context));
			this.probe = context.schedule(PROBE_TIMEOUT, () -> silent("it was not confirmed"));
		});
	}

	private void onChanges(AttemptContext context, EtcdChanges changes) {
		if (changes.cluster() != this.cluster) {
			throw doubt("another cluster answers");
		}
		if (changes.created() || !changes.changes().isEmpty()) {
			// the revision of a sign of life says nothing: before 3.4.25 and 3.5.8 it may
			// be
			// ahead of changes to come or behind those that came, etcd-io/etcd#15220
			if (changes.revision() < this.revision) {
				throw doubt("etcd went back from revision %d to %d".formatted(this.revision, changes.revision()));
			}
			this.revision = changes.revision();
		}
		this.heardAt = context.loop().nanoTime();
		this.sink.heard();
		boolean changed = false;
		for (EtcdChanges.Change change : changes.changes()) {
			changed |= this.instances.apply(change);
		}
		if (changed) {
			this.sink.changed(this::listing);
		}
		if (changes.created()) {
			context.active();
			scheduleProbe(context);
			scheduleReconcile(context);
		}
	}

	private void scheduleProbe(AttemptContext context) {
		if (this.probe != null) {
			this.probe.cancel();
		}
		this.probe = context.schedule(context.loop().jittered(PROBE), () -> {
			EtcdApi.WatchCall watch = this.watch;
			if (watch != null) {
				long asked = context.loop().nanoTime();
				watch.requestProgress();
				this.probe = context.schedule(PROBE_TIMEOUT, () -> {
					if (this.heardAt - asked < 0) {
						silent("no sign of life");
					}
					scheduleProbe(context);
				});
			}
		});
	}

	private void silent(String what) {
		throw doubt("the watch is silent: %s within %s".formatted(what, PROBE_TIMEOUT));
	}

	private void scheduleReconcile(AttemptContext context) {
		context.schedule(context.loop().jittered(RECONCILE), () -> {
			listBesideTheWatch(context);
			scheduleReconcile(context);
		});
	}

	@Override
	public void refresh() {
		this.refreshing = true;
		if (this.context != null) {
			listBesideTheWatch(this.context);
		}
	}

	private void listBesideTheWatch(AttemptContext context) {
		if (this.listing) {
			return;
		}
		boolean refresh = this.refreshing;
		this.refreshing = false;
		this.listing = true;
		this.instances.expectListing();
		long asked = this.revision;
		context.await(this.api.list(this.prefix), (listing) -> {
			reconcile(listing, asked, refresh);
			listed(context);
		}, (cause) -> {
			notListed(cause, refresh);
			listed(context);
		});
	}

	private void listed(AttemptContext context) {
		this.listing = false;
		if (this.refreshing) {
			listBesideTheWatch(context);
		}
	}

	// the watch works and tells what changes
	private void notListed(RegistryException cause, boolean refresh) {
		this.instances.expectListingNoMore();
		if (refresh) {
			this.sink.refreshFailed(cause);
		}
		else {
			logger.debug("{}: not compared with a listing, which failed: {}", this.prefix, cause.getMessage());
		}
	}

	// the watch goes on meanwhile; the newer revision of each key wins
	private void reconcile(EtcdListing listing, long asked, boolean refresh) {
		if (listing.cluster() != this.cluster || listing.revision() < asked) {
			throw doubt("etcd went back, or another cluster answers");
		}
		if (this.instances.apply(listing)) {
			logger.debug("{}: the listing at revision {} is ahead of the watch", this.prefix, listing.revision());
			this.sink.changed(this::listing);
		}
		this.sink.heard();
		if (refresh) {
			this.sink.refreshed(this::listing);
		}
	}

	private Listing listing() {
		return Listing.of(this.instances.view());
	}

	private RegistryException doubt(String what) {
		return new RegistryException("%s: '%s': %s".formatted(this.api.description(), this.prefix, what), null);
	}

	@Override
	public void end() {
		EtcdApi.WatchCall watch = this.watch;
		this.watch = null;
		if (watch != null) {
			watch.close();
		}
	}

	private final class Listener implements EtcdApi.WatchListener {

		private final AttemptContext context;

		Listener(AttemptContext context) {
			this.context = context;
		}

		@Override
		public void onChanges(EtcdChanges changes) {
			this.context.execute(() -> EtcdWatchAttempt.this.onChanges(this.context, changes));
		}

		@Override
		public void onEnd(RegistryException cause) {
			this.context.failed(cause);
		}

	}

}
