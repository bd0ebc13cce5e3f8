package io.github.grpcdiscovery.resolver;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceConfigListener;
import io.github.grpcdiscovery.ServiceConfigs;
import io.github.grpcdiscovery.Subscription;

/**
 * Service configs as a test says, without a registry.
 */
final class FakeServiceConfigs implements ServiceConfigs {

	private final Set<ServiceConfigListener> listeners = ConcurrentHashMap.newKeySet();

	private @Nullable Map<String, ?> config;

	private boolean known;

	/**
	 * Holds another one from now on, if those who listen can use it.
	 * @param config the service config; {@code null} for none
	 * @return why it was refused
	 */
	@Nullable String hold(@Nullable Map<String, ?> config) {
		for (ServiceConfigListener listener : this.listeners) {
			String reason = (config != null) ? listener.reasonToRefuse(config) : null;
			if (reason != null) {
				return reason;
			}
		}
		this.config = config;
		this.known = true;
		this.listeners.forEach((listener) -> listener.onServiceConfig(config));
		return null;
	}

	void fail(String message) {
		this.listeners.forEach((listener) -> listener.onUnavailable(new RegistryException(message, null)));
	}

	int listeners() {
		return this.listeners.size();
	}

	@Override
	public Subscription watch(String service, ServiceConfigListener listener) {
		this.listeners.add(listener);
		if (this.known) {
			listener.onServiceConfig(this.config);
		}
		return new Subscription() {

			@Override
			public void refresh() {
				throw new AssertionError("has no effect");
			}

			@Override
			public void close() {
				FakeServiceConfigs.this.listeners.remove(listener);
			}

		};
	}

}
