package io.github.grpcdiscovery.internal.watch;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceConfigListener;
import io.github.grpcdiscovery.ServiceConfigStatus;
import io.github.grpcdiscovery.ServiceConfigs;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.ServiceConfigSource;

/**
 * The {@link ServiceConfigs} of a registry that is a {@link ServiceConfigSource}: all who
 * follow that of one service share one watch, which outlives the last of them by a while.
 */
final class WatchedServiceConfigs implements ServiceConfigs {

	private final RegistryContext registry;

	private final String options;

	private final EventLoop loop;

	private final ServiceConfigSource source;

	private final WatchSettings settings;

	// changed on the event loop only, read by any thread
	private final Map<String, ServiceConfigWatch> watches = new ConcurrentHashMap<>();

	private boolean closed; // on the event loop only

	/**
	 * Connects to nothing yet.
	 * @param registry what all of the registry share
	 * @param options what is put behind the name of a service for operators
	 * @param source reads the registry
	 * @param settings how services are followed
	 */
	WatchedServiceConfigs(RegistryContext registry, String options, ServiceConfigSource source,
			WatchSettings settings) {
		this.registry = registry;
		this.options = options;
		this.loop = registry.loop();
		this.source = source;
		this.settings = settings;
	}

	@Override
	public Subscription watch(String service, ServiceConfigListener listener) {
		ServiceInstance.requireServiceName(service);
		ServiceConfigSubscription subscription = new ServiceConfigSubscription(service, listener,
				(closing) -> this.loop.execute(() -> unsubscribe(service, closing)));
		ServiceConfigWatch known = this.watches.get(service);
		ServiceConfigInUse inUse = (known != null) ? known.inUse() : null;
		if (inUse != null) {
			subscription.deliver(inUse);
		}
		this.loop.execute(() -> subscribe(service, subscription));
		return subscription;
	}

	private void subscribe(String service, ServiceConfigSubscription subscription) {
		if (this.closed) {
			return;
		}
		ServiceConfigWatch watch = this.watches.get(service);
		if (watch == null) {
			watch = new ServiceConfigWatch(this.registry, service, this.options,
					(sink) -> this.source.attempt(service, sink), this.settings);
			this.watches.put(service, watch);
			watch.add(subscription);
			watch.start();
		}
		else {
			watch.add(subscription);
		}
	}

	private void unsubscribe(String service, ServiceConfigSubscription subscription) {
		ServiceConfigWatch watch = this.watches.get(service);
		if (watch != null) {
			watch.remove(subscription, () -> {
				if (this.watches.remove(service, watch)) {
					watch.close();
				}
			});
		}
	}

	/**
	 * State for operators. Any thread.
	 * @return {@code null} if nobody follows it
	 */
	@Nullable ServiceConfigStatus status(String service) {
		ServiceConfigWatch watch = this.watches.get(service);
		return (watch != null) ? watch.status() : null;
	}

	/**
	 * Ends all watches; listeners hear nothing any more. On the event loop, any number of
	 * times.
	 */
	void close() {
		this.loop.requireInLoop();
		this.closed = true;
		this.watches.values().forEach(ServiceConfigWatch::close);
		this.watches.clear();
	}

	@Override
	public String toString() {
		return "WatchedServiceConfigs[" + this.registry.description() + ", " + this.watches.keySet() + "]";
	}

}
