package io.github.grpcdiscovery.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.ServiceRegistrar;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchStatus;

/**
 * A registry in memory that records in order what is asked of it. May be shared by
 * several application contexts.
 */
public class FakeRegistry implements Registry, ServiceRegistrar, ServiceDiscovery {

	private final String name;

	private final List<String> events = new CopyOnWriteArrayList<>();

	private final List<FakeRegistration> registrations = new CopyOnWriteArrayList<>();

	private final List<Watch> watches = new CopyOnWriteArrayList<>();

	private volatile @Nullable RegistryException error;

	private volatile State first = State.REGISTERING;

	private volatile boolean answering = true;

	private final AtomicInteger prepared = new AtomicInteger();

	private volatile Runnable onDeregister = () -> {
	};

	public FakeRegistry(String name) {
		this.name = name;
	}

	/**
	 * From now on deregistrations are not confirmed and registrations not made.
	 * @return this
	 */
	public FakeRegistry silent() {
		this.answering = false;
		return this;
	}

	/**
	 * From now on registrations wait for what a dead process left.
	 * @return this
	 */
	public FakeRegistry waiting() {
		this.first = State.WAITING;
		return silent();
	}

	public FakeRegistry failing(RegistryException error) {
		this.error = error;
		return silent();
	}

	/**
	 * Does something while an instance leaves, in the thread that takes it out.
	 * @param action what to do
	 */
	public void onDeregister(Runnable action) {
		this.onDeregister = action;
	}

	public void answer() {
		this.answering = true;
		this.registrations.forEach(FakeRegistration::answer);
	}

	/**
	 * How often it was asked to prepare for a registration.
	 * @return 0 or more
	 */
	public int prepared() {
		return this.prepared.get();
	}

	@Override
	public void prepare(ServiceInstance instance) {
		this.prepared.incrementAndGet();
	}

	public List<String> events() {
		return List.copyOf(this.events);
	}

	public void record(String event) {
		this.events.add(event);
	}

	public List<ServiceInstance> registered() {
		return this.registrations.stream()
			.filter((registration) -> registration.status.state() == State.REGISTERED)
			.map((registration) -> registration.status.instance())
			.toList();
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String registry() {
		return this.name;
	}

	@Override
	public String description() {
		return this.name + " (memory)";
	}

	@Override
	public ServiceRegistrar registrar() {
		return this;
	}

	@Override
	public ServiceDiscovery discovery() {
		return this;
	}

	@Override
	public Registration register(ServiceInstance instance) {
		this.events.add("register " + instance.id());
		FakeRegistration registration = new FakeRegistration(instance);
		this.registrations.add(registration);
		registration.answer();
		return registration;
	}

	@Override
	public Subscription watch(String service, InstancesListener listener) {
		this.events.add("watch " + service);
		Watch watch = new Watch(service, listener);
		this.watches.add(watch);
		listener.onInstances(instances(service));
		return watch;
	}

	@Override
	public List<WatchStatus> watches() {
		return this.watches.stream()
			.map((watch) -> WatchStatus.builder(this.name, watch.service)
				.connected(this.error == null)
				.subscriptions(1)
				.instances(instances(watch.service))
				.updated(Instant.EPOCH)
				.build())
			.toList();
	}

	private List<ServiceInstance> instances(String service) {
		return registered().stream().filter((instance) -> instance.service().equals(service)).toList();
	}

	private void changed() {
		this.watches.forEach((watch) -> watch.listener.onInstances(instances(watch.service)));
	}

	@Override
	public void close() {
		this.events.add("close " + this.name);
	}

	private final class Watch implements Subscription {

		private final String service;

		private final InstancesListener listener;

		Watch(String service, InstancesListener listener) {
			this.service = service;
			this.listener = listener;
		}

		@Override
		public void refresh() {
		}

		@Override
		public void close() {
			FakeRegistry.this.events.add("unwatch " + this.service);
			FakeRegistry.this.watches.remove(this);
		}

	}

	private final class FakeRegistration implements Registration {

		private final CompletableFuture<Void> registered = new CompletableFuture<>();

		private @Nullable CompletableFuture<Boolean> deregistered;

		private volatile RegistrationStatus status;

		FakeRegistration(ServiceInstance instance) {
			RegistryException error = FakeRegistry.this.error;
			this.status = RegistrationStatus
				.builder(FakeRegistry.this.name, instance, FakeRegistry.this.first, Instant.EPOCH)
				.lastError((error != null) ? error.getMessage() : null)
				.build();
			if (error != null && error.isPermanent()) {
				this.registered.completeExceptionally(error);
			}
		}

		private synchronized void answer() {
			if (!FakeRegistry.this.answering) {
				return;
			}
			if (this.deregistered != null) {
				this.deregistered.complete(true);
			}
			else if (this.status.state() != State.REGISTERED) {
				change(State.REGISTERED);
				this.registered.complete(null);
			}
		}

		private void change(State state) {
			this.status = RegistrationStatus
				.builder(FakeRegistry.this.name, this.status.instance(), state, Instant.EPOCH)
				.registrations(this.status.registrations() + ((state == State.REGISTERED) ? 1 : 0))
				.build();
			changed();
		}

		@Override
		public RegistrationStatus status() {
			return this.status;
		}

		@Override
		public CompletableFuture<Void> registered() {
			return this.registered;
		}

		@Override
		public synchronized CompletableFuture<Boolean> deregister(Duration timeout) {
			if (this.deregistered == null) {
				FakeRegistry.this.events.add("deregister " + this.status.instance().id());
				FakeRegistry.this.onDeregister.run();
				this.deregistered = new CompletableFuture<>();
				change(State.DEREGISTERED);
				answer();
			}
			return this.deregistered;
		}

		@Override
		public void close() {
			deregister(Duration.ZERO);
		}

	}

}
