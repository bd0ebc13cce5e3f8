package io.github.grpcdiscovery.internal.watch;

import java.time.Clock;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceConfigStatus;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * What is known of one service config, for the watch, for operators and for the log. On
 * the event loop only, except where it says otherwise.
 */
final class ServiceConfigState {

	private static final Logger logger = LoggerFactory.getLogger(ServiceConfigState.class);

	private final String registry;

	private final String service;

	private final Clock clock;

	private volatile @Nullable ServiceConfigInUse inUse;

	private volatile ServiceConfigStatus status = new ServiceConfigStatus(false, null, null, null, null);

	private boolean connected;

	private @Nullable Instant updated;

	private @Nullable String refusedText;

	private @Nullable String refused;

	private @Nullable RegistryException unavailable;

	private boolean warned;

	ServiceConfigState(RegistryContext registry, String service) {
		this.registry = registry.name();
		this.service = service;
		this.clock = registry.clock();
	}

	/**
	 * The service config as listeners have it. Any thread.
	 * @return {@code null} as long as nobody knows whether there is one
	 */
	@Nullable ServiceConfigInUse inUse() {
		return this.inUse;
	}

	/**
	 * State for operators. Any thread.
	 */
	ServiceConfigStatus status() {
		return this.status;
	}

	boolean isConnected() {
		return this.connected;
	}

	boolean isRefused() {
		return this.refusedText != null;
	}

	boolean isRefused(String text) {
		return text.equals(this.refusedText);
	}

	/**
	 * Why the registry cannot be read.
	 * @return {@code null} if it can
	 */
	@Nullable RegistryException unavailable() {
		return this.unavailable;
	}

	void connected() {
		this.connected = true;
		this.warned = false;
		this.unavailable = null;
		update();
	}

	// an outage is reported by the watch of the instances, which uses the same registry
	void disconnected(RegistryException cause) {
		this.connected = false;
		this.unavailable = cause;
		if (cause.isPermanent() && !this.warned) {
			this.warned = true;
			logger.warn("Cannot read the service config of '{}'; channels go on with what they have: {}", this.service,
					cause.getMessage());
		}
		update();
	}

	/**
	 * What the registry holds now is not refused.
	 */
	void accepted() {
		this.refusedText = null;
		this.refused = null;
		update();
	}

	/**
	 * What the registry holds now cannot be used.
	 * @param text what it is; a text that is refused already is not reported again
	 * @param reason why; may hold untrusted text
	 */
	void refused(String text, String reason) {
		this.refusedText = text;
		this.refused = Printable.of(reason);
		logger.warn("Refused the service config of '{}' in {}; the last good one stays in use: {}", this.service,
				this.registry, this.refused);
		update();
	}

	void use(ServiceConfigInUse config) {
		ServiceConfigInUse before = this.inUse;
		if (config.equals(before)) {
			return;
		}
		this.inUse = config;
		this.updated = Instant.now(this.clock);
		if (config.config() != null) {
			logger.info("Service '{}' has a service config of {} characters in {}", this.service,
					config.text().length(), this.registry);
		}
		else if (before != null) {
			logger.info("Service '{}' has no service config in {} any more", this.service, this.registry);
		}
		update();
	}

	private void update() {
		ServiceConfigInUse inUse = this.inUse;
		String text = (inUse != null && inUse.config() != null) ? inUse.text() : null;
		String error = (this.unavailable != null) ? this.unavailable.getMessage() : null;
		this.status = new ServiceConfigStatus(this.connected, text, this.updated, this.refused, error);
	}

}
