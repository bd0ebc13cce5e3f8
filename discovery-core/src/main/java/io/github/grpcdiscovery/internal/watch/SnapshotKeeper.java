package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Brings the snapshot of one service when the registry has nothing to say, and takes new
 * ones while it has. On the event loop only.
 *
 * @param <S> a snapshot
 * @param <V> what snapshots are taken of
 */
final class SnapshotKeeper<S, V> {

	/** A registry that has not answered by then is not waited for any longer. */
	static final Duration FALLBACK_DELAY = Duration.ofSeconds(1);

	/** Mean time after which a list is remembered anew, so that its age is right. */
	static final Duration RENEWAL = Duration.ofMinutes(5);

	private final EventLoop loop;

	private final @Nullable Store<S, V> store;

	private final Listener<S> listener;

	private @Nullable S snapshot;

	private boolean loaded;

	private boolean requested;

	private boolean over;

	private EventLoop.@Nullable Timer timer;

	/**
	 * Creates it; reads nothing yet.
	 * @param loop where all of it happens
	 * @param store where snapshots are; {@code null} if there are none
	 * @param listener told what there is
	 */
	SnapshotKeeper(EventLoop loop, @Nullable Store<S, V> store, Listener<S> listener) {
		this.loop = loop;
		this.store = store;
		this.listener = listener;
		this.loaded = store == null;
	}

	/**
	 * Begins to look for a snapshot.
	 */
	void start() {
		this.loop.requireInLoop();
		if (this.store != null && !this.loaded) {
			this.store.load((snapshot) -> this.loop.execute(() -> loaded(snapshot)));
		}
	}

	private void loaded(@Nullable S snapshot) {
		if (this.over || this.loaded) {
			return;
		}
		this.loaded = true;
		this.snapshot = snapshot;
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
		S snapshot = this.snapshot;
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
	 * @param value what is in use
	 * @param current says what is in use later, {@code null} if that is not known to be
	 * true then
	 */
	void remember(V value, Supplier<@Nullable V> current) {
		this.loop.requireInLoop();
		boolean first = !this.over;
		this.over = true;
		this.snapshot = null;
		if (this.store == null) {
			return;
		}
		this.store.save(value);
		if (first) {
			cancelTimer();
			renewLater(current);
		}
	}

	private void renewLater(Supplier<@Nullable V> current) {
		this.timer = this.loop.schedule(this.loop.jittered(RENEWAL), () -> {
			save(current.get());
			renewLater(current);
		});
	}

	/**
	 * Ends it.
	 * @param last what is in use, if it is known to be true
	 */
	void close(@Nullable V last) {
		this.loop.requireInLoop();
		cancelTimer();
		this.over = true;
		save(last);
	}

	private void save(@Nullable V value) {
		if (value != null && this.store != null) {
			this.store.save(value);
		}
	}

	private void cancelTimer() {
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	/**
	 * Where the snapshots of one service are.
	 *
	 * @param <S> a snapshot
	 * @param <V> what snapshots are taken of
	 */
	interface Store<S, V> {

		/**
		 * Looks for the snapshot.
		 * @param loaded given the snapshot, {@code null} if there is none to be used; by
		 * any thread
		 */
		void load(Consumer<@Nullable S> loaded);

		/**
		 * Takes a snapshot.
		 * @param value what is true now
		 */
		void save(V value);

	}

	/**
	 * Told what there is.
	 *
	 * @param <S> a snapshot
	 */
	interface Listener<S> {

		/**
		 * There is a snapshot.
		 * @param snapshot the snapshot
		 */
		void snapshot(S snapshot);

		/**
		 * There is none.
		 */
		void noSnapshot();

	}

}
