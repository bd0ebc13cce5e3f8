package io.github.grpcdiscovery.samples.client;

import java.util.List;
import java.util.Objects;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchStatus;

/**
 * What the registry says about {@code tag-service}, for the page. Calls do not need it:
 * their channel follows the registry by itself.
 */
@Component
class KnownInstances implements SmartLifecycle {

	private static final String SERVICE = "tag-service";

	private static final InstancesListener NOTHING = (instances) -> {
	};

	private final List<Registry> registries;

	private volatile List<Subscription> subscriptions = List.of();

	KnownInstances(ObjectProvider<Registry> registries) {
		this.registries = registries.orderedStream().toList();
	}

	@Override
	public void start() {
		this.subscriptions = this.registries.stream()
			.map((registry) -> registry.discovery().watch(SERVICE, NOTHING))
			.toList();
	}

	@Override
	public void stop() {
		this.subscriptions.forEach(Subscription::close);
		this.subscriptions = List.of();
	}

	@Override
	public boolean isRunning() {
		return !this.subscriptions.isEmpty();
	}

	/**
	 * The instances of all registries, from memory.
	 * @return each address once, sorted by address
	 */
	List<ServiceInstance> instances() {
		return this.registries.stream()
			.flatMap((registry) -> registry.discovery().watches().stream())
			.filter((watch) -> watch.service().equals(SERVICE))
			.map(WatchStatus::instances)
			.filter(Objects::nonNull)
			.flatMap(List::stream)
			.sorted((one, other) -> one.address().compareTo(other.address()))
			.distinct()
			.toList();
	}

	/**
	 * The registries as a person would name them, and whether they are in contact.
	 * @return one line a registry
	 */
	List<String> descriptions() {
		return this.registries.stream().map(KnownInstances::description).toList();
	}

	private static String description(Registry registry) {
		boolean connected = registry.discovery()
			.watches()
			.stream()
			.anyMatch((watch) -> watch.service().equals(SERVICE) && watch.connected());
		return connected ? registry.description() : registry.description() + ", not in contact";
	}

}
