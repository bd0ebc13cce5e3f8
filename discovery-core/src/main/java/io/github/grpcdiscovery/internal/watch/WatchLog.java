package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.util.Durations;

/** What operators read of the lists of one followed service. On the event loop only. */
final class WatchLog {

	private static final Logger logger = LoggerFactory.getLogger(WatchLog.class);

	private final String registry;

	private final String service;

	private @Nullable Boolean some;

	/**
	 * Creates the log of one service.
	 * @param registry the registry's name
	 * @param service the service's name as operators see it
	 */
	WatchLog(String registry, String service) {
		this.registry = registry;
		this.service = service;
	}

	void published(List<ServiceInstance> instances) {
		logger.debug("Service '{}' in {} has {} instances: {}", this.service, this.registry, instances.size(),
				instances);
		boolean some = !instances.isEmpty();
		if (this.some == null || this.some != some) {
			this.some = some;
			logger.info("Service '{}' has {} in {}", this.service, count(instances.size()), this.registry);
		}
	}

	void lossSuspected(int retained, Duration confirmation) {
		logger.warn("{} lost {} of service '{}' at once; keeping them for {} while their ports accept connections",
				this.registry, (retained != 1) ? retained + " instances" : "1 instance", this.service,
				Durations.text(confirmation));
	}

	void panic(List<ServiceInstance> retained, Map<HostAndPort, String> unhealthy) {
		HostAndPort first = retained.get(0).address();
		logger.warn(
				"The health checks of {} reach no instance of service '{}'; using the {} that accept connections, such as {}, which is {} (query.fail-traffic-on-panic=true calls none)",
				this.registry, this.service, retained.size(), first, unhealthy.get(first));
	}

	void snapshotBeforeAnAnswer(int instances, Instant takenAt) {
		logger.info("No response from {} for service '{}' yet; using {} instances from the snapshot taken at {}",
				this.registry, this.service, instances, takenAt);
	}

	void snapshotInPlaceOfAnAnswer(int instances, @Nullable Instant takenAt) {
		logger.warn("Cannot read service '{}' from {}; using {} instances from the snapshot taken at {}", this.service,
				this.registry, instances, takenAt);
	}

	void refreshFailed(RegistryException cause) {
		logger.debug("Could not refresh service '{}' from {}; its watch goes on: {}", this.service, this.registry,
				cause.getMessage());
	}

	private static String count(int instances) {
		return switch (instances) {
			case 0 -> "no instances";
			case 1 -> "1 instance";
			default -> instances + " instances";
		};
	}

}
