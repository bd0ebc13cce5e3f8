package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Tells of lost and regained contact with one registry, for all its watches together: one
 * warning an outage, however many services there are, and one a minute at most where
 * contact comes and goes. On the event loop only.
 */
final class WatchConnectivityLog {

	/** What is lost within this time is told of together. */
	static final Duration GATHER = Duration.ofSeconds(1);

	/** What is regained is told of together, and not later than this. */
	static final Duration GATHER_REGAINED = Duration.ofSeconds(10);

	private static final Duration INTERVAL = Duration.ofMinutes(1);

	private static final int NAMED = 5;

	private static final Logger logger = LoggerFactory.getLogger(WatchConnectivityLog.class);

	private final String registry;

	private final EventLoop loop;

	private final Map<String, Outage> lost = new LinkedHashMap<>();

	private final Map<String, Outage> regained = new LinkedHashMap<>();

	private @Nullable Long warnedAt;

	private EventLoop.@Nullable Timer lostTimer;

	private EventLoop.@Nullable Timer regainedTimer;

	/**
	 * Creates a log in which nothing was told.
	 * @param registry the registry's name
	 * @param loop whose clock counts
	 */
	WatchConnectivityLog(String registry, EventLoop loop) {
		this.registry = registry;
		this.loop = loop;
	}

	/**
	 * Contact is lost, or an attempt to regain it has failed.
	 * @param service whose watch it is
	 * @param known whether there are instances to go on with
	 * @param cause why, without secrets
	 */
	void lost(String service, boolean known, RegistryException cause) {
		Outage again = this.regained.remove(service);
		Outage outage = this.lost.computeIfAbsent(service,
				(ignored) -> (again != null) ? again : new Outage(this.loop.nanoTime(), cause));
		if (cause.isPermanent() && !outage.cause.isPermanent()) {
			// the registry is there, and somebody has to act
			outage.warned = false;
		}
		outage.known = known;
		outage.cause = cause;
		if (!outage.warned && this.lostTimer == null) {
			Duration rest = (this.warnedAt != null) ? INTERVAL.minus(this.loop.since(this.warnedAt)) : Duration.ZERO;
			this.lostTimer = this.loop.schedule((rest.compareTo(GATHER) > 0) ? rest : GATHER, this::warnLost);
		}
	}

	private void warnLost() {
		this.lostTimer = null;
		warnLost(false);
		warnLost(true);
	}

	private void warnLost(boolean permanent) {
		Map<String, Outage> unwarned = new LinkedHashMap<>(this.lost);
		unwarned.values().removeIf((outage) -> outage.warned || outage.cause.isPermanent() != permanent);
		if (unwarned.isEmpty()) {
			return;
		}
		this.warnedAt = this.loop.nanoTime();
		unwarned.values().forEach((outage) -> outage.warned = true);
		logger.warn("Lost contact with {} while watching {}. {}. Retrying: {}", this.registry,
				names(List.copyOf(unwarned.keySet())), known(unwarned.values()),
				unwarned.values().iterator().next().cause.getMessage());
	}

	private static String known(Collection<Outage> outages) {
		if (outages.stream().allMatch((outage) -> outage.known)) {
			return "Known instances stay in use";
		}
		return outages.stream().anyMatch((outage) -> outage.known) ? "Not all have known instances"
				: "No instances are known yet";
	}

	/**
	 * Contact is there again.
	 * @param service whose watch it is
	 */
	void regained(String service) {
		Outage outage = this.lost.remove(service);
		if (outage == null) {
			return;
		}
		if (!outage.warned) {
			logger.debug("Watching service '{}' in {} again, after {}", service, this.registry,
					Durations.rounded(this.loop.since(outage.since)));
			return;
		}
		this.regained.put(service, outage);
		if (this.lost.values().stream().noneMatch((other) -> other.warned)) {
			logRegained();
		}
		else if (this.regainedTimer == null) {
			this.regainedTimer = this.loop.schedule(GATHER_REGAINED, this::logRegained);
		}
	}

	private void logRegained() {
		if (this.regainedTimer != null) {
			this.regainedTimer.cancel();
			this.regainedTimer = null;
		}
		if (!this.regained.isEmpty()) {
			long since = this.regained.values().stream().mapToLong((outage) -> outage.since).min().orElseThrow();
			logger.info("Watching {} in {} again, after {}", names(List.copyOf(this.regained.keySet())), this.registry,
					Durations.rounded(this.loop.since(since)));
			this.regained.clear();
		}
	}

	/**
	 * A watch has ended for good.
	 * @param service whose watch it was
	 */
	void ended(String service) {
		this.lost.remove(service);
		this.regained.remove(service);
		if (this.lost.isEmpty() && this.lostTimer != null) {
			this.lostTimer.cancel();
			this.lostTimer = null;
		}
		if (this.regained.isEmpty() && this.regainedTimer != null) {
			this.regainedTimer.cancel();
			this.regainedTimer = null;
		}
	}

	private static String names(List<String> services) {
		if (services.size() == 1) {
			return "service '" + services.get(0) + "'";
		}
		String more = (services.size() > NAMED) ? " and " + (services.size() - NAMED) + " more" : "";
		return "%d services (%s%s)".formatted(services.size(),
				String.join(", ", services.subList(0, Math.min(NAMED, services.size()))), more);
	}

	private static final class Outage {

		private final long since;

		private boolean warned;

		private boolean known;

		private RegistryException cause;

		Outage(long since, RegistryException cause) {
			this.since = since;
			this.cause = cause;
		}

	}

}
