package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.reconnect.ConnectivityLog;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * What the agent says about our own instance. An instance whose checks do not pass is
 * registered and yet not called, which nobody but the agent knows: it is shown, and
 * logged once with what may mend it. On the event loop, except where it says otherwise.
 */
final class OwnHealth {

	private static final Logger logger = LoggerFactory.getLogger(OwnHealth.class);

	// passing, warning, critical: each has its answer with the checks
	private static final Set<Integer> HEALTH_STATUSES = Set.of(200, 429, 503);

	private final EventLoop loop;

	private final ServiceInstance instance;

	private final String id;

	private final ConsulCheck check;

	private final AgentNodes nodes;

	private final ConnectivityLog log;

	private @Nullable Long since;

	private volatile @Nullable String fault;

	/**
	 * Creates it for one registration.
	 * @param loop the registry's event loop
	 * @param instance what is registered
	 * @param id its id in Consul
	 * @param settings how it is registered
	 */
	OwnHealth(EventLoop loop, ServiceInstance instance, String id, ConsulSettings settings) {
		this.loop = loop;
		this.instance = instance;
		this.id = id;
		this.check = settings.check();
		this.nodes = new AgentNodes(settings.description(), instance.id());
		this.log = new ConnectivityLog(logger, loop);
	}

	/**
	 * Which check does not pass, and why. Any thread.
	 * @return {@code null} if all pass, or if nobody has asked yet
	 */
	@Nullable String fault() {
		return this.fault;
	}

	/**
	 * Takes what the agent says about the instance.
	 * @param answer of the agent's health endpoint; one that cannot be read says nothing
	 * @param inMaintenance whether this application took the instance out itself
	 */
	void seen(ConsulAnswer answer, boolean inMaintenance) {
		try {
			if (HEALTH_STATUSES.contains(answer.status())
					&& Json.asObject(answer.json()).get("Checks") instanceof List<?> checks) {
				seen(checks, inMaintenance);
			}
		}
		catch (RegistryException | IllegalArgumentException ex) {
			// the registration is well all the same
			logger.debug("Could not read the health of {} from the agent", this.id, ex);
		}
	}

	private void seen(List<?> all, boolean inMaintenance) {
		all.stream()
			.map((one) -> ConsulChecks.text(Json.asObject(one), "Node"))
			.findFirst()
			.ifPresent(this.nodes::answered);
		List<Map<String, @Nullable Object>> checks = all.stream()
			.map(Json::asObject)
			.filter((one) -> !isOurWord(one))
			.toList();
		checks.stream()
			.filter(ConsulChecks::isFault)
			.min(Comparator.comparing(ConsulChecks::isWarning))
			.ifPresentOrElse((worst) -> failing(worst, inMaintenance), () -> {
				// else the agent has not probed yet
				if (checks.stream().allMatch(ConsulChecks::isPassing)) {
					passing();
				}
			});
	}

	// a TTL check says what we said last; the next heartbeat mends it
	private boolean isOurWord(Map<String, @Nullable Object> one) {
		return this.check.kind() == ConsulCheck.Kind.TTL
				&& ConsulIds.check(this.id).equals(ConsulChecks.text(one, "CheckID"));
	}

	private void failing(Map<String, @Nullable Object> worst, boolean inMaintenance) {
		String description = ConsulChecks.describe(worst);
		this.fault = description;
		if (this.since == null) {
			this.since = this.loop.nanoTime();
		}
		if (inMaintenance && ConsulChecks.isMaintenance(worst)) {
			return; // by our own wish
		}
		String clients = ConsulChecks.isWarning(worst) ? "clients that want passing instances only" : "clients";
		this.log.lost("{} of service '{}' is registered in consul, but {} do not call it: {} ({})", this.instance.id(),
				this.instance.service(), clients, description, CheckAdvice.of(worst, this.id, this.check));
	}

	private void passing() {
		this.fault = null;
		if (this.since != null) {
			Duration lasted = Duration.ofMillis(this.loop.since(this.since).toMillis());
			this.since = null;
			this.log.regained("{} of service '{}' passes its checks in consul again, after {}", this.instance.id(),
					this.instance.service(), Durations.text(lasted));
		}
	}

}
