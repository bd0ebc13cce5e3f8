package io.github.grpcdiscovery.internal.watch;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.ServiceConfigStatus;
import io.github.grpcdiscovery.ServiceConfigs;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.ServiceConfigSource;
import io.github.grpcdiscovery.spi.WatchSource;

/**
 * The {@link ServiceDiscovery} of a registry that is a {@link WatchSource}: all who
 * follow one service share one watch, which outlives the last of them by a while.
 */
public final class WatchedServices implements ServiceDiscovery, AutoCloseable {

	private final RegistryContext registry;

	private final EventLoop loop;

	private final String options;

	private final WatchSource source;

	private final WatchSettings settings;

	// changed on the event loop only, read by any thread
	private final Map<String, ServiceWatch> watches = new ConcurrentHashMap<>();

	private final WatchConnectivityLog contact; // on the event loop only

	private final @Nullable WatchedServiceConfigs serviceConfigs;

	private boolean closed; // on the event loop only

	/**
	 * Creates the discovery of one registry; connects to nothing yet.
	 * @param registry what all of the registry share; its event loop stays open on
	 * {@link #close()}
	 * @param source reads the registry
	 * @param settings how services are followed
	 */
	public WatchedServices(RegistryContext registry, WatchSource source, WatchSettings settings) {
		this(registry, "", source, settings);
	}

	/**
	 * Creates the discovery of one registry by the options of a target; connects to
	 * nothing yet.
	 * @param registry what all of the registry share; its event loop stays open on
	 * {@link #close()}
	 * @param options what is put behind the name of a service for operators, such as
	 * {@code ?tag=v1}; empty for none
	 * @param source reads the registry
	 * @param settings how services are followed
	 */
	public WatchedServices(RegistryContext registry, String options, WatchSource source, WatchSettings settings) {
		this.registry = registry;
		this.loop = registry.loop();
		this.options = options;
		this.source = source;
		this.settings = settings;
		this.contact = new WatchConnectivityLog(registry.name(), this.loop);
		ServiceConfigSource configs = source.serviceConfigs();
		this.serviceConfigs = (configs != null) ? new WatchedServiceConfigs(registry, options, configs, settings)
				: null;
	}

	@Override
	public String registry() {
		return this.registry.name();
	}

	@Override
	public String description() {
		return this.registry.description();
	}

	@Override
	public Subscription watch(String service, InstancesListener listener) {
		ServiceInstance.requireServiceName(service);
		WatchSubscription subscription = new WatchSubscription(new Owner(), service, listener);
		ServiceWatch known = this.watches.get(service);
		List<ServiceInstance> last = (known != null) ? known.last() : null;
		if (known != null && last != null) {
			subscription.deliver(known.unhealthy());
			subscription.deliver(last);
		}
		this.loop.execute(() -> subscribe(service, subscription));
		return subscription;
	}

	@Override
	public List<WatchStatus> watches() {
		return this.watches.entrySet()
			.stream()
			.map((watch) -> watch.getValue().status().toBuilder().serviceConfig(serviceConfig(watch.getKey())).build())
			.sorted(Comparator.comparing(WatchStatus::service))
			.toList();
	}

	private @Nullable ServiceConfigStatus serviceConfig(String service) {
		return (this.serviceConfigs != null) ? this.serviceConfigs.status(service) : null;
	}

	@Override
	public @Nullable ServiceConfigs serviceConfigs() {
		return this.serviceConfigs;
	}

	private void subscribe(String service, WatchSubscription subscription) {
		if (this.closed) {
			return;
		}
		ServiceWatch watch = this.watches.get(service);
		if (watch == null) {
			watch = new ServiceWatch(this.registry, service + this.options,
					(sink) -> this.source.attempt(service, sink), this.settings, this.contact);
			this.watches.put(service, watch);
			watch.add(subscription);
			watch.start();
		}
		else {
			watch.add(subscription);
		}
	}

	private void end(String service, ServiceWatch watch) {
		if (this.watches.remove(service, watch)) {
			watch.close();
		}
	}

	/**
	 * Ends all watches; listeners hear nothing any more. The registry's event loop stays
	 * open. Any thread, any number of times.
	 */
	@Override
	public void close() {
		this.loop.execute(() -> {
			this.closed = true;
			this.watches.values().forEach(ServiceWatch::close);
			this.watches.clear();
			if (this.serviceConfigs != null) {
				this.serviceConfigs.close();
			}
		});
	}

	@Override
	public String toString() {
		return "WatchedServices[" + this.registry.description() + ", " + this.watches.keySet() + "]";
	}

	private final class Owner implements WatchSubscription.Owner {

		@Override
		public void refresh(String service) {
			WatchedServices.this.loop.execute(() -> {
				ServiceWatch watch = WatchedServices.this.watches.get(service);
				if (watch != null) {
					watch.refresh();
				}
			});
		}

		@Override
		public void unsubscribe(String service, WatchSubscription subscription) {
			WatchedServices.this.loop.execute(() -> {
				ServiceWatch watch = WatchedServices.this.watches.get(service);
				if (watch != null) {
					watch.remove(subscription, () -> end(service, watch));
				}
			});
		}

	}

}
