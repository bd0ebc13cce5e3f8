package io.github.grpcdiscovery.autoconfigure.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.server.OwnRegistration;

/**
 * Whether this application is registered and follows others, from memory: it asks nothing
 * of a registry.
 * <p>
 * A registry that is away makes it {@value #DEGRADED} and not {@code DOWN}: the
 * application serves on with what it knows, and a load balancer or Kubernetes that took
 * it out would turn the outage of a registry into an outage of everything. Spring Boot
 * leaves a status that it does not know out of the aggregate, of HTTP's as of gRPC's
 * health.
 */
final class DiscoveryHealthIndicator implements HealthIndicator {

	static final String DEGRADED = "DEGRADED";

	private final ConfiguredRegistries registries;

	private final OwnRegistrations registrations;

	DiscoveryHealthIndicator(ConfiguredRegistries registries, OwnRegistrations registrations) {
		this.registries = registries;
		this.registrations = registrations;
	}

	@Override
	public Health health() {
		List<RegistrationStatus> own = this.registrations.get().stream().map(OwnRegistration::status).toList();
		List<WatchStatus> watches = this.registries.all()
			.stream()
			.flatMap((registry) -> registry.watches().stream())
			.toList();
		boolean well = own.stream().allMatch(DiscoveryHealthIndicator::isWell)
				&& watches.stream().allMatch(DiscoveryHealthIndicator::isWell);
		return Health.status(well ? Status.UP : new Status(DEGRADED, "continues with the last known state"))
			.withDetail("registries", this.registries.all().stream().map(Registry::description).toList())
			.withDetail("registrations", own.stream().map(DiscoveryHealthIndicator::details).toList())
			.withDetail("services", watches.stream().map(DiscoveryHealthIndicator::details).toList())
			.build();
	}

	private static boolean isWell(RegistrationStatus status) {
		return (status.state() == State.REGISTERED && status.unhealthy() == null)
				|| (status.state() == State.REGISTERING && status.lastError() == null);
	}

	private static boolean isWell(WatchStatus status) {
		return (status.connected() || status.lastError() == null) && status.unconfirmed().isEmpty();
	}

	private static Map<String, Object> details(RegistrationStatus status) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("registry", status.registry());
		details.put("service", status.instance().service());
		details.put("instance", status.instance().id());
		details.put("state", status.state());
		if (status.unhealthy() != null) {
			details.put("unhealthy", status.unhealthy());
		}
		putError(details, status.lastError());
		return details;
	}

	private static Map<String, Object> details(WatchStatus status) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("registry", status.registry());
		details.put("service", status.service());
		details.put("connected", status.connected());
		details.put("instances", (status.instances() != null) ? status.instances().size() : "unknown");
		if (!status.unconfirmed().isEmpty()) {
			details.put("unconfirmed", status.unconfirmed().size());
		}
		if (status.staleSince() != null) {
			details.put("staleSince", status.staleSince());
		}
		putError(details, status.lastError());
		return details;
	}

	private static void putError(Map<String, Object> details, @Nullable String error) {
		if (error != null) {
			details.put("error", error);
		}
	}

}
