package io.github.grpcdiscovery.benchmarks.balancing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchStatus;

/**
 * A registry's discovery whose list is set by hand. For one thread that sets, and any
 * that follow.
 */
final class SettableDiscovery implements ServiceDiscovery {

	private final List<InstancesListener> listeners = new CopyOnWriteArrayList<>();

	private volatile List<ServiceInstance> instances;

	SettableDiscovery(List<ServiceInstance> instances) {
		this.instances = instances;
	}

	/** From now on, the list is this. */
	void set(List<ServiceInstance> instances) {
		this.instances = instances;
		this.listeners.forEach((listener) -> listener.onInstances(instances));
	}

	@Override
	public String registry() {
		return "settable";
	}

	@Override
	public String description() {
		return "settable";
	}

	@Override
	public Subscription watch(String service, InstancesListener listener) {
		this.listeners.add(listener);
		listener.onInstances(this.instances);
		return new Subscription() {

			@Override
			public void refresh() {
				// it is never out of date
			}

			@Override
			public void close() {
				SettableDiscovery.this.listeners.remove(listener);
			}

		};
	}

	@Override
	public List<WatchStatus> watches() {
		return List.of();
	}

}
