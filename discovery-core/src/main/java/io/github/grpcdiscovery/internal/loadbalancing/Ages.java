package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * How long the servers of one channel have been running. It remembers those that left, so
 * that one which was out of the list for a while is no new one. In the channel's
 * synchronization context.
 *
 * @see Age
 */
final class Ages {

	/** So many servers are remembered. */
	private static final int MOST = 10_000;

	private final LongSupplier nanoTime;

	private final Supplier<Instant> wall;

	private final Map<Object, Age> byServer = new LinkedHashMap<>(16, 0.75F, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<Object, Age> eldest) {
			return size() > MOST;
		}

	};

	private boolean listed;

	/**
	 * Creates it before the first list.
	 * @param nanoTime monotonic clock in nanoseconds
	 * @param wall this machine's time
	 */
	Ages(LongSupplier nanoTime, Supplier<Instant> wall) {
		this.nanoTime = nanoTime;
		this.wall = wall;
	}

	/**
	 * The age of a server that is in the list.
	 * @param server names it
	 * @param started when it says it was started
	 * @param longest the longest age that matters
	 */
	Age of(Object server, @Nullable Instant started, Duration longest) {
		long now = this.nanoTime.getAsLong();
		Age known = this.byServer.get(server);
		if (known != null && Objects.equals(known.started(), started)) {
			return known;
		}
		Age age = (this.listed || known != null) ? Age.joined(started, now)
				: Age.found(started, longest, this.wall.get(), now);
		this.byServer.put(server, age);
		return age;
	}

	/** The list is complete: who comes now has joined. */
	void listed() {
		this.listed = true;
	}

}
