package io.github.grpcdiscovery.internal.registration;

import java.time.Duration;

import org.slf4j.Logger;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.reconnect.ConnectivityLog;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * What the log says of one registration. On the event loop only, but for what it says
 * when the loop is closed.
 */
final class RegistrationLog {

	private static final String LOST = "{} of service '{}' is not registered in {}, retrying: {}";

	private final Logger logger;

	private final String registry;

	private final String id;

	private final String service;

	private final String idAndAddress;

	private final ConnectivityLog connectivity;

	RegistrationLog(Logger logger, String registry, ServiceInstance instance, EventLoop loop) {
		this.logger = logger;
		this.registry = registry;
		this.id = instance.id();
		this.service = instance.service();
		this.idAndAddress = idAndAddress(instance);
		this.connectivity = new ConnectivityLog(logger, loop);
	}

	// an id that is not the address says nothing about where it is
	private static String idAndAddress(ServiceInstance instance) {
		String address = instance.address().toString();
		return instance.id().equals(address) ? address : "%s (%s)".formatted(instance.id(), address);
	}

	void registered() {
		this.logger.info("Registered {} of service '{}' in {}", this.idAndAddress, this.service, this.registry);
	}

	void regained(Duration away) {
		this.connectivity.regained("Registered {} of service '{}' in {} again, after {}", this.id, this.service,
				this.registry, Durations.rounded(away));
	}

	void lost(RegistryException cause) {
		this.connectivity.lost(LOST, this.id, this.service, this.registry, cause.getMessage());
	}

	void conflict(RegistryException cause) {
		this.connectivity.warn(LOST, this.id, this.service, this.registry, cause.getMessage());
	}

	void deregistered() {
		this.logger.info("Deregistered {} of service '{}' from {}", this.id, this.service, this.registry);
	}

	void closedBeforeItWasThere() {
		this.logger.info("Closed the registration of {} of service '{}' before it was in {}", this.id, this.service,
				this.registry);
	}

	void notDeregistered(boolean wasThere, Throwable error) {
		this.logger.warn(
				wasThere ? "Could not deregister {} of service '{}' from {}, where it expires after the TTL: {}"
						: "Could not deregister {} of service '{}' from {}, which did not confirm the registration; "
								+ "what it holds expires after the TTL: {}",
				this.id, this.service, this.registry, error.getMessage());
	}

	void notConfirmedAsDeregistered(Duration timeout) {
		this.logger.warn("No confirmation within {} that {} of service '{}' left {}; it expires there after the TTL",
				Durations.text(timeout), this.id, this.service, this.registry);
	}

}
