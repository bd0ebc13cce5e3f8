package io.github.grpcdiscovery.etcd;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.WatchAttempt;

/**
 * One try to follow a service: lists it at a revision and watches from the next one. Asks
 * for a sign of life where there was none for a while, and compares with the store from
 * time to time, since etcd itself has lost events before. Any doubt ends the attempt.
 */
final class EtcdWatchAttempt implements WatchAttempt {

	private static final Logger logger = LoggerFactory.getLogger(EtcdWatchAttempt.class);

	private static final Duration PROBE = Duration.ofSeconds(12);

	private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

	private final EtcdApi api;

	private final String prefix;

	private final InstancesSink sink;

	private final EtcdInstances instances;

	private final EtcdHistory history;

	private @Nullable EtcdComparison comparison;

	private EtcdApi.@Nullable WatchCall watch;

	private @Nullable Listener listener;

	private boolean confirmed;

	private EventLoop.@Nullable Timer probe;

	/** Revision up to which all is known: the listing's, or that of the last change. */
	private long known;

	/** What the watch tells up to this revision was known when it began. */
	private long begun;

	private long heardAt;

	private WatchProgress progress = WatchProgress.UNKNOWN;

	EtcdWatchAttempt(EtcdApi api, EtcdKeys keys, String service, InstancesSink sink) {
		this.api = api;
		this.prefix = keys.prefix(service);
		this.sink = sink;
		this.instances = new EtcdInstances(service, this.prefix, sink);
		this.history = new EtcdHistory("%s: '%s'".formatted(api.description(), this.prefix));
	}

	@Override
	public void begin(AttemptContext context) {
		EtcdComparison comparison = new EtcdComparison(this.api, this.prefix, this.instances, this.history, this.sink,
				context);
		this.comparison = comparison;
		context.await(this.api.list(this.prefix), (listing) -> {
			this.history.begin(listing.cluster(), listing.revision());
			this.known = listing.revision();
			this.instances.apply(listing);
			this.sink.changed(this.instances::listing);
			watchFrom(listing.revision() + 1, context, comparison);
		});
	}

	private void watchFrom(long revision, AttemptContext context, EtcdComparison comparison) {
		Listener listener = new Listener(context, comparison);
		this.listener = listener;
		this.begun = this.known;
		this.watch = this.api.watch(this.prefix, revision, listener);
		this.probe = context.schedule(PROBE_TIMEOUT, () -> unresponsive("no confirmation"));
	}

	/**
	 * Since 3.4.25 and 3.5.8 etcd answers no request for progress before its store has
	 * reached the first revision of a watch. So a watch of a store in which nothing has
	 * happened since the listing gives way to one from the revision that is known, which
	 * can be asked. That is not the first one, as etcd serves a watch from a revision
	 * that the store has reached only in its next round, up to 100 ms later.
	 */
	private void restartWatch(EtcdApi.WatchCall unanswered, AttemptContext context, EtcdComparison comparison) {
		unanswered.close();
		this.progress = WatchProgress.REQUESTED;
		watchFrom(this.known, context, comparison);
	}

	@Override
	public void refresh() {
		if (this.comparison != null) {
			this.comparison.refresh();
		}
	}

	private void onChanges(AttemptContext context, EtcdComparison comparison, EtcdChanges changes) {
		this.history.require(changes.cluster());
		if (changes.created() || !changes.changes().isEmpty()) {
			// the revision of a sign of life says nothing: before 3.4.25 and 3.5.8 it may
			// be
			// ahead of changes to come or behind those that came, etcd-io/etcd#15220
			this.history.advance(changes.cluster(), changes.revision());
		}
		else {
			this.progress = WatchProgress.ANSWERED;
		}
		this.heardAt = context.loop().nanoTime();
		this.sink.heard();
		boolean changed = false;
		for (EtcdChanges.Change change : changes.changes()) {
			changed |= change.revision() > this.begun && this.instances.apply(change);
			this.known = Math.max(this.known, change.revision());
		}
		if (changed) {
			this.sink.changed(this.instances::listing);
		}
		if (changes.created()) {
			scheduleProbe(context, comparison);
			if (!this.confirmed) {
				this.confirmed = true;
				context.active();
				comparison.start(this.begun);
			}
		}
	}

	private void scheduleProbe(AttemptContext context, EtcdComparison comparison) {
		if (this.probe != null) {
			this.probe.cancel();
		}
		this.probe = context.schedule(context.loop().jittered(PROBE), () -> {
			EtcdApi.WatchCall watch = this.watch;
			if (watch == null) {
				return;
			}
			if (this.progress == WatchProgress.NOT_ANSWERED) {
				compare(context, comparison);
				return;
			}
			long sentAt = context.loop().nanoTime();
			watch.requestProgress();
			this.probe = context.schedule(PROBE_TIMEOUT, () -> {
				if (this.heardAt - sentAt >= 0) {
					scheduleProbe(context, comparison);
				}
				else if (this.progress == WatchProgress.ANSWERED) {
					unresponsive("no response");
				}
				else if (this.progress == WatchProgress.UNKNOWN) {
					restartWatch(watch, context, comparison);
				}
				else {
					logger.debug(
							"{}: no response to a progress request, which a proxy does not support; comparing with a listing instead",
							this.prefix);
					this.progress = WatchProgress.NOT_ANSWERED;
					compare(context, comparison);
				}
			});
		});
	}

	// where nobody answers us, only a change that the watch has not told shows its death
	private void compare(AttemptContext context, EtcdComparison comparison) {
		long sentAt = context.loop().nanoTime();
		comparison.count((equal) -> {
			if (equal) {
				scheduleProbe(context, comparison);
				return;
			}
			this.probe = context.schedule(PROBE_TIMEOUT, () -> {
				if (this.heardAt - sentAt < 0) {
					unresponsive("it does not report a change");
				}
				scheduleProbe(context, comparison);
			});
		}, (cause) -> {
			throw cause;
		});
	}

	private void unresponsive(String what) {
		throw this.history
			.suspect("the watch is unresponsive: %s within %s".formatted(what, Durations.text(PROBE_TIMEOUT)));
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

		private final EtcdComparison comparison;

		Listener(AttemptContext context, EtcdComparison comparison) {
			this.context = context;
			this.comparison = comparison;
		}

		@Override
		public void onChanges(EtcdChanges changes) {
			this.context.execute(() -> {
				if (EtcdWatchAttempt.this.listener == this) {
					EtcdWatchAttempt.this.onChanges(this.context, this.comparison, changes);
				}
			});
		}

		@Override
		public void onEnd(RegistryException cause) {
			this.context.execute(() -> {
				if (EtcdWatchAttempt.this.listener == this) {
					this.context.failed(cause);
				}
			});
		}

	}

}
