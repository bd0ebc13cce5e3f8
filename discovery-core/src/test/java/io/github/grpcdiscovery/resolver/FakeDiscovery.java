package io.github.grpcdiscovery.resolver;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceConfigs;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchStatus;

/**
 * A registry that holds what a test says, and says so at once.
 */
class FakeDiscovery implements ServiceDiscovery {

	private final Set<InstancesListener> listeners = ConcurrentHashMap.newKeySet();

	private final AtomicInteger subscriptions = new AtomicInteger();

	private final AtomicInteger refreshes = new AtomicInteger();

	private volatile @Nullable List<ServiceInstance> instances;

	private volatile @Nullable RegistryException unavailable;

	private volatile @Nullable String broken;

	private volatile @Nullable ServiceConfigs serviceConfigs;

	static FakeDiscovery holding(ServiceInstance... instances) {
		FakeDiscovery discovery = new FakeDiscovery();
		discovery.hold(instances);
		return discovery;
	}

	void hold(ServiceInstance... instances) {
		List<ServiceInstance> list = List.of(instances);
		this.instances = list;
		this.listeners.forEach((listener) -> listener.onInstances(list));
	}

	void unhealthy(Map<HostAndPort, String> unhealthy) {
		this.listeners.forEach((listener) -> listener.onUnhealthy(unhealthy));
	}

	void fail(String message) {
		RegistryException cause = new RegistryException(message, null);
		this.unavailable = cause;
		this.listeners.forEach((listener) -> listener.onUnavailable(cause));
	}

	/**
	 * Throws from now on when it is asked to follow a service.
	 * @param message with this; {@code null} to throw no more
	 */
	void breakWith(@Nullable String message) {
		this.broken = message;
	}

	FakeDiscovery with(ServiceConfigs serviceConfigs) {
		this.serviceConfigs = serviceConfigs;
		return this;
	}

	@Override
	public @Nullable ServiceConfigs serviceConfigs() {
		return this.serviceConfigs;
	}

	int listeners() {
		return this.listeners.size();
	}

	int subscriptions() {
		return this.subscriptions.get();
	}

	int refreshes() {
		return this.refreshes.get();
	}

	@Override
	public String registry() {
		return "fake";
	}

	@Override
	public String description() {
		return "fake (memory)";
	}

	@Override
	public Subscription watch(String service, InstancesListener listener) {
		if (this.broken != null) {
			throw new IllegalStateException(this.broken);
		}
		this.subscriptions.incrementAndGet();
		this.listeners.add(listener);
		if (this.instances != null) {
			listener.onInstances(this.instances);
		}
		else if (this.unavailable != null) {
			listener.onUnavailable(this.unavailable);
		}
		return new Subscription() {

			@Override
			public void refresh() {
				FakeDiscovery.this.refreshes.incrementAndGet();
			}

			@Override
			public void close() {
				FakeDiscovery.this.listeners.remove(listener);
			}

		};
	}

	@Override
	public List<WatchStatus> watches() {
		return List.of();
	}

}
