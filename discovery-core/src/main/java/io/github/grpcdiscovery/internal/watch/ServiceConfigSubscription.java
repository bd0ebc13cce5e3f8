package io.github.grpcdiscovery.internal.watch;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceConfigListener;
import io.github.grpcdiscovery.Subscription;

/**
 * One listener of a service config, guarded against its own errors and against hearing
 * one twice. Deliveries never overlap: the first is made by the subscribing thread before
 * the event loop knows of the subscription, all others by the event loop.
 */
final class ServiceConfigSubscription implements Subscription {

	private static final Logger logger = LoggerFactory.getLogger(ServiceConfigSubscription.class);

	private final String service;

	private final ServiceConfigListener listener;

	private final Consumer<ServiceConfigSubscription> onClose;

	private volatile boolean closed;

	private @Nullable ServiceConfigInUse delivered;

	ServiceConfigSubscription(String service, ServiceConfigListener listener,
			Consumer<ServiceConfigSubscription> onClose) {
		this.service = service;
		this.listener = listener;
		this.onClose = onClose;
	}

	/**
	 * Asks the listener why a service config cannot be used.
	 * @return {@code null} if it can
	 */
	@Nullable String reasonToRefuse(ServiceConfigInUse config) {
		try {
			return (config.config() != null) ? this.listener.reasonToRefuse(config.config()) : null;
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("A listener could not validate the service config of '{}'", this.service, ex);
			return String.valueOf(ex);
		}
	}

	void deliver(ServiceConfigInUse config) {
		if (!config.equals(this.delivered)) {
			this.delivered = config;
			guarded(() -> this.listener.onServiceConfig(config.config()));
		}
	}

	void deliver(RegistryException cause) {
		if (this.delivered == null) {
			guarded(() -> this.listener.onUnavailable(cause));
		}
	}

	private void guarded(Runnable call) {
		if (this.closed) {
			return;
		}
		try {
			call.run();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.error("A listener of the service config of '{}' failed; it stays subscribed", this.service, ex);
		}
	}

	@Override
	public void refresh() {
		// what is followed by push needs no hint
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.onClose.accept(this);
		}
	}

}
