package io.github.grpcdiscovery.resolver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * The addresses of the host names that one channel's instances have. Names are looked up
 * in parallel, each one once at a time, and again where it is worth it: those that do not
 * resolve, and all of them when connections fail. What a name resolved to stays until it
 * resolves to something else, so a name server that fails takes nobody away. In the
 * channel's synchronization context, but for the look-ups.
 */
final class HostNames {

	private static final Logger logger = LoggerFactory.getLogger(HostNames.class);

	/** Time between two look-ups of a name. The JVM may answer from its own cache. */
	static final Duration INTERVAL = Duration.ofSeconds(5);

	/** As long as the JVM keeps an answer by default, and a little more. */
	static final int LOOK_UPS_AFTER_A_HINT = 7;

	private final Lookup lookup;

	private final Executor offload;

	private final SynchronizationContext syncContext;

	private final Supplier<ScheduledExecutorService> timers;

	private final Runnable changed;

	private final Map<String, Name> names = new HashMap<>();

	private @Nullable ScheduledHandle timer;

	private int hinted;

	/**
	 * Creates it without a name.
	 * @param lookup looks up a name, and may take its time
	 * @param offload where blocking is allowed
	 * @param syncContext the channel's
	 * @param timers the channel's, asked for when one is needed
	 * @param changed run when there is something new to be told of the names
	 */
	HostNames(Lookup lookup, Executor offload, SynchronizationContext syncContext,
			Supplier<ScheduledExecutorService> timers, Runnable changed) {
		this.lookup = lookup;
		this.offload = offload;
		this.syncContext = syncContext;
		this.timers = timers;
		this.changed = changed;
	}

	/**
	 * These names are of interest from now on, and no others.
	 */
	void follow(Set<String> hosts) {
		this.names.keySet().retainAll(hosts);
		hosts.forEach((host) -> this.names.computeIfAbsent(host, this::lookUpFirst));
	}

	private Name lookUpFirst(String host) {
		Name name = new Name(host);
		lookUp(name);
		return name;
	}

	/**
	 * What a name resolves to, as far as is known.
	 * @return empty if it does not resolve, or is looked up for the first time
	 */
	List<InetAddress> addresses(String host) {
		Name name = this.names.get(host);
		return (name != null) ? name.addresses : List.of();
	}

	/**
	 * Whether some name is looked up for the first time.
	 */
	boolean areIncomplete() {
		return this.names.values().stream().anyMatch((name) -> !name.answered);
	}

	/**
	 * Connections fail: an address may have changed.
	 */
	void refresh() {
		if (!this.names.isEmpty()) {
			this.hinted = LOOK_UPS_AFTER_A_HINT;
			if (this.timer == null) {
				lookUpAll();
			}
		}
	}

	private void lookUpAll() {
		this.timer = null;
		boolean all = this.hinted > 0;
		this.hinted = Math.max(0, this.hinted - 1);
		List.copyOf(this.names.values())
			.stream()
			.filter((name) -> all || name.addresses.isEmpty())
			.forEach(this::lookUp);
		scheduleIfNeeded();
	}

	private void scheduleIfNeeded() {
		boolean needed = this.hinted > 0
				|| this.names.values().stream().anyMatch((name) -> name.answered && name.addresses.isEmpty());
		if (needed && this.timer == null) {
			this.timer = this.syncContext.schedule(this::lookUpAll, INTERVAL.toNanos(), TimeUnit.NANOSECONDS,
					this.timers.get());
		}
	}

	private void lookUp(Name name) {
		if (name.underWay) {
			return;
		}
		name.underWay = true;
		try {
			this.offload.execute(() -> {
				List<InetAddress> found = found(name.host);
				this.syncContext.execute(() -> answered(name, found));
			});
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Could not look up '{}'", Printable.of(name.host), ex);
			name.underWay = false;
		}
	}

	private List<InetAddress> found(String host) {
		try {
			return List.of(this.lookup.addresses(host));
		}
		catch (UnknownHostException | RuntimeException ex) {
			logger.debug("Could not look up '{}'", Printable.of(host), ex);
			return List.of();
		}
	}

	private void answered(Name name, List<InetAddress> found) {
		boolean first = !name.answered;
		name.underWay = false;
		name.answered = true;
		if (this.names.get(name.host) != name) {
			return; // followed no more
		}
		// name servers change the order
		boolean different = !found.isEmpty() && !new HashSet<>(found).equals(new HashSet<>(name.addresses));
		if (first && found.isEmpty()) {
			logger.warn("Host '{}' does not resolve. Instances there get no calls until it does",
					Printable.of(name.host));
		}
		else if (!first && different) {
			logger.info("Host '{}' resolves to {}, before to {}", Printable.of(name.host), found, name.addresses);
		}
		if (different) {
			name.addresses = found;
		}
		if (first || different) {
			this.changed.run();
		}
		scheduleIfNeeded();
	}

	/** Looks up nothing any more. */
	void shutdown() {
		this.names.clear();
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	/** Looks up names. */
	@FunctionalInterface
	interface Lookup {

		/**
		 * Looks up a name.
		 * @param host the name
		 * @return its addresses, the first to be tried first
		 * @throws UnknownHostException if it has none, or nobody knows at present
		 */
		InetAddress[] addresses(String host) throws UnknownHostException;

	}

	private static final class Name {

		private final String host;

		private List<InetAddress> addresses = List.of();

		private boolean answered;

		private boolean underWay;

		Name(String host) {
			this.host = host;
		}

	}

}
