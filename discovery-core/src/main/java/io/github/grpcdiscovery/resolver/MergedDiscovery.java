package io.github.grpcdiscovery.resolver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceConfigs;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchStatus;

/**
 * Several registries followed as one: a service has the instances of all of them, each
 * address once. A registry that is away keeps its last known part; if it never had one,
 * the others speak for it. This is how a fleet moves from one registry to another.
 */
public final class MergedDiscovery implements ServiceDiscovery {

	private static final Logger logger = LoggerFactory.getLogger(MergedDiscovery.class);

	private final List<ServiceDiscovery> parts;

	/**
	 * Merges registries.
	 * @param parts two or more; where two know one address, the earlier one's attributes
	 * count
	 */
	public MergedDiscovery(List<? extends ServiceDiscovery> parts) {
		if (parts.size() < 2) {
			throw new IllegalArgumentException("registries to merge: %d (expected: 2 or more)".formatted(parts.size()));
		}
		this.parts = List.copyOf(parts);
	}

	@Override
	public String registry() {
		return this.parts.stream().map(ServiceDiscovery::registry).collect(Collectors.joining(","));
	}

	@Override
	public String description() {
		return this.parts.stream().map(ServiceDiscovery::description).collect(Collectors.joining(" and "));
	}

	@Override
	public Subscription watch(String service, InstancesListener listener) {
		ServiceInstance.requireServiceName(service);
		Merge merge = new Merge(service, listener, this.parts.size());
		List<Subscription> subscriptions = new ArrayList<>();
		try {
			for (int i = 0; i < this.parts.size(); i++) {
				subscriptions.add(this.parts.get(i).watch(service, merge.part(i)));
			}
		}
		catch (RuntimeException | LinkageError ex) {
			subscriptions.forEach(Subscription::close);
			throw ex;
		}
		return merge.started(List.copyOf(subscriptions));
	}

	@Override
	public List<WatchStatus> watches() {
		return this.parts.stream().flatMap((part) -> part.watches().stream()).toList();
	}

	/**
	 * Those of the registries that have any: the first one that has one for a service
	 * counts.
	 */
	@Override
	public @Nullable ServiceConfigs serviceConfigs() {
		List<ServiceConfigs> configs = this.parts.stream()
			.map(ServiceDiscovery::serviceConfigs)
			.filter(Objects::nonNull)
			.toList();
		return configs.isEmpty() ? null : new MergedServiceConfigs(configs);
	}

	/**
	 * One subscription. The synchronization context keeps the listener's calls apart,
	 * which come from the threads of several registries, without a lock or a thread.
	 */
	private static final class Merge {

		private final String service;

		private final InstancesListener listener;

		private final SynchronizationContext syncContext;

		// all below: in the synchronization context only

		private final @Nullable List<ServiceInstance>[] lists;

		private final @Nullable RegistryException[] errors;

		private final Map<HostAndPort, String>[] unhealthy;

		private boolean started;

		private boolean closed;

		private @Nullable List<ServiceInstance> last;

		private Map<HostAndPort, String> lastUnhealthy = Map.of();

		@SuppressWarnings({ "unchecked", "rawtypes" })
		Merge(String service, InstancesListener listener, int parts) {
			this.service = service;
			this.listener = listener;
			this.lists = new List[parts];
			this.errors = new RegistryException[parts];
			this.unhealthy = new Map[parts];
			Arrays.fill(this.unhealthy, Map.of());
			this.syncContext = new SynchronizationContext((thread, error) -> logger
				.error("A listener of service '{}' failed; it stays subscribed", this.service, error));
		}

		InstancesListener part(int index) {
			return new InstancesListener() {

				@Override
				public void onInstances(List<ServiceInstance> instances) {
					Merge.this.syncContext.execute(() -> {
						Merge.this.lists[index] = instances;
						deliver();
					});
				}

				@Override
				public void onUnhealthy(Map<HostAndPort, String> unhealthy) {
					Merge.this.syncContext.execute(() -> {
						Merge.this.unhealthy[index] = unhealthy;
						deliver();
					});
				}

				@Override
				public void onUnavailable(RegistryException cause) {
					Merge.this.syncContext.execute(() -> {
						Merge.this.errors[index] = cause;
						deliver();
					});
				}

			};
		}

		// what is known already is handed over once, and complete
		Subscription started(List<Subscription> subscriptions) {
			this.syncContext.execute(() -> {
				this.started = true;
				deliver();
			});
			return new Subscription() {

				@Override
				public void refresh() {
					subscriptions.forEach(Subscription::refresh);
				}

				@Override
				public void close() {
					subscriptions.forEach(Subscription::close);
					Merge.this.syncContext.execute(() -> Merge.this.closed = true);
				}

			};
		}

		private void deliver() {
			if (!this.started || this.closed) {
				return;
			}
			List<ServiceInstance> merged = merged();
			deliverUnhealthy();
			if (merged != null && !merged.equals(this.last)) {
				this.last = merged;
				this.listener.onInstances(merged);
			}
			else if (merged == null && Arrays.stream(this.errors).allMatch(Objects::nonNull)) {
				this.listener.onUnavailable(allErrors());
			}
		}

		private void deliverUnhealthy() {
			Map<HostAndPort, String> merged = new TreeMap<>();
			Arrays.stream(this.unhealthy).forEach((part) -> part.forEach(merged::putIfAbsent));
			if (!merged.equals(this.lastUnhealthy)) {
				this.lastUnhealthy = Collections.unmodifiableMap(merged);
				this.listener.onUnhealthy(this.lastUnhealthy);
			}
		}

		// an empty list says nothing while a registry that has not answered yet may hold
		// some
		private @Nullable List<ServiceInstance> merged() {
			Map<HostAndPort, ServiceInstance> byAddress = new LinkedHashMap<>();
			boolean complete = true;
			for (int i = 0; i < this.lists.length; i++) {
				List<ServiceInstance> list = this.lists[i];
				complete &= list != null || this.errors[i] != null;
				if (list != null) {
					list.forEach((instance) -> byAddress.putIfAbsent(instance.address(), instance));
				}
			}
			boolean known = Arrays.stream(this.lists).anyMatch(Objects::nonNull);
			if (!known || (byAddress.isEmpty() && !complete)) {
				return null;
			}
			return List.copyOf(new TreeMap<>(byAddress).values());
		}

		private RegistryException allErrors() {
			String messages = Arrays.stream(this.errors)
				.filter(Objects::nonNull)
				.map(RegistryException::getMessage)
				.collect(Collectors.joining("; "));
			return new RegistryException(messages, this.errors[0]);
		}

	}

}
