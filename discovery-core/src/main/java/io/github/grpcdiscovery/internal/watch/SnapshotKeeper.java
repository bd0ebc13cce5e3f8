package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Brings the snapshot of one service when the registry has nothing to say, and takes new
 * ones while it has. On the event loop only.
 */
final class SnapshotKeeper {

	/** A registry that has not answered by then is not waited for any longer. */
	static final Duration FALLBACK_DELAY = Duration.ofSeconds(1);

	/** Mean time after which a list is remembered anew, so that its age is right. */
	static final Duration RENEWAL = Duration.ofMinutes(5);

	private final EventLoop loop;

	private final Snapshots snapshots;

	private final Snapshots.Key key;

	private final Listener listener;

	private Snapshots.@Nullable Snapshot snapshot;

	private boolean loaded;

	private boolean requested;

	private boolean over;

	private EventLoop.@Nullable Timer timer;

	SnapshotKeeper(EventLoop loop, Snapshots snapshots, Snapshots.Key key, Listener listener) {
		this.loop = loop;
		this.snapshots = snapshots;
		this.key = key;
		this.listener = listener;
		this.loaded = snapshots == Snapshots.NONE;
	}

	/**
	 * Begins to look for a snapshot.
	 */
	void start() {
		this.loop.requireInLoop();
		if (!this.loaded) {
			this.snapshots.load(this.key, (snapshot) -> this.loop.execute(() -> loaded(snapshot)));
		}
	}

	private void loaded(Snapshots.@Nullable Snapshot snapshot) {
		if (this.over || this.loaded) {
			return;
		}
		this.loaded = true;
		this.snapshot = (snapshot != null && !snapshot.instances().isEmpty()) ? snapshot : null;
		if (this.requested) {
			supply();
		}
		else if (this.snapshot != null) {
			this.timer = this.loop.schedule(FALLBACK_DELAY, this::request);
		}
	}

	/**
	 * The registry cannot be read and there is no list: brings the snapshot, now or when
	 * it is loaded, or says that there is none.
	 */
	void request() {
		this.loop.requireInLoop();
		this.requested = true;
		if (this.loaded && !this.over) {
			supply();
		}
	}

	private void supply() {
		cancelTimer();
		Snapshots.Snapshot snapshot = this.snapshot;
		this.snapshot = null;
		if (snapshot != null) {
			this.listener.snapshot(snapshot);
		}
		else {
			this.listener.noSnapshot();
		}
	}

	/**
	 * The registry has spoken: no snapshot is needed any more, and this is the next one.
	 * @param instances what is in use
	 * @param current says what is in use later, {@code null} if that is not known to be
	 * true then
	 */
	void remember(List<ServiceInstance> instances, Supplier<@Nullable List<ServiceInstance>> current) {
		this.loop.requireInLoop();
		boolean first = !this.over;
		this.over = true;
		this.snapshot = null;
		if (this.snapshots == Snapshots.NONE) {
			return;
		}
		this.snapshots.save(this.key, instances);
		if (first) {
			cancelTimer();
			renewLater(current);
		}
	}

	private void renewLater(Supplier<@Nullable List<ServiceInstance>> current) {
		this.timer = this.loop.schedule(this.loop.jittered(RENEWAL), () -> {
			save(current.get());
			renewLater(current);
		});
	}

	/**
	 * Ends it.
	 * @param last what is in use, if it is known to be true
	 */
	void close(@Nullable List<ServiceInstance> last) {
		this.loop.requireInLoop();
		cancelTimer();
		this.over = true;
		save(last);
	}

	private void save(@Nullable List<ServiceInstance> instances) {
		if (instances != null) {
			this.snapshots.save(this.key, instances);
		}
	}

	private void cancelTimer() {
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	/** Told what there is. */
	interface Listener {

		/**
		 * There is a snapshot.
		 * @param snapshot not empty
		 */
		void snapshot(Snapshots.Snapshot snapshot);

		/**
		 * There is none.
		 */
		void noSnapshot();

	}

}
