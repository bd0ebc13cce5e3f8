package io.github.grpcdiscovery.autoconfigure.server;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;

import io.github.grpcdiscovery.InstanceLifecycle;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.autoconfigure.RegistryLocation;
import io.github.grpcdiscovery.internal.registration.AdvertisedAddress;

/**
 * Keeps this application's gRPC server registered while it has started <em>and</em> the
 * application accepts traffic, whatever stack the server is of. Safe for use by any
 * thread.
 */
public final class ServerRegistrar implements ApplicationListener<AvailabilityChangeEvent<ReadinessState>>,
		ApplicationContextAware, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(ServerRegistrar.class);

	private static final Duration CHECK_INTERVAL = Duration.ofMillis(500);

	private final List<Registry> registries;

	private final List<RegistryLocation> locations;

	private final ServiceInstanceFactory instances;

	// as they were at the start: Spring Cloud's refresh binds the properties anew, and
	// nobody checks them then
	private final Duration failFastTimeout;

	private final SelfCheck selfCheck;

	private final InstanceLifecycle lifecycle;

	private final AtomicBoolean failFast;

	private final AtomicReference<@Nullable CompletableFuture<?>> checked = new AtomicReference<>();

	private @Nullable ApplicationContext context;

	private volatile String addressReason = "";

	ServerRegistrar(List<Registry> registries, List<RegistryLocation> locations, ServiceInstanceFactory instances,
			RegistrationProperties properties, SelfCheck selfCheck) {
		this.registries = registries;
		this.locations = List.copyOf(locations);
		this.instances = instances;
		this.selfCheck = selfCheck;
		this.failFastTimeout = properties.getFailFastTimeout();
		this.failFast = new AtomicBoolean(properties.isFailFast());
		this.lifecycle = new InstanceLifecycle(registries, properties.getDrain());
		this.lifecycle.acceptTraffic(false);
	}

	@Override
	public void setApplicationContext(ApplicationContext context) {
		this.context = context;
	}

	/**
	 * The server listens. Registers it, now or when the application accepts traffic.
	 * @param server the server
	 * @throws RegistrationFailedException if the application must not start unregistered
	 */
	public void serverStarted(RunningServer server) {
		if (this.registries.isEmpty()) {
			return; // of a test
		}
		AdvertisedAddress address = this.instances.address(server, this.locations);
		ServiceInstance instance = this.instances.instance(server, address.host());
		logger.info("Advertised address of service '{}' is {} ({})", instance.service(), instance.address(),
				address.reason());
		AdvertisedAddressWarnings.warn(instance.host(),
				this.locations.stream().flatMap((location) -> location.endpoints().stream()).toList());
		this.addressReason = address.reason();
		// beside the server's own check, which the registration waits for
		this.registries.forEach((registry) -> registry.registrar().prepare(instance));
		awaitFirstRegistration(this.lifecycle.start(instance, checked(server, instance)));
	}

	// once in the life of the application
	private CompletableFuture<?> checked(RunningServer server, ServiceInstance instance) {
		CompletableFuture<Void> mine = new CompletableFuture<>();
		if (!this.checked.compareAndSet(null, mine)) {
			return Objects.requireNonNull(this.checked.get());
		}
		this.selfCheck.start(server, instance.address()).whenComplete((ignored, error) -> mine.complete(null));
		return mine;
	}

	/**
	 * The server is about to stop. Takes it out of the registry, at most two seconds, and
	 * returns when clients have had the time to hear of it.
	 */
	public void serverStopping() {
		this.lifecycle.stopAndDrain();
	}

	/**
	 * Registers when the application begins to accept traffic, and leaves when it ceases.
	 * What a child context says of itself counts for the child alone.
	 */
	@Override
	public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
		if (event.getSource() instanceof ApplicationContext source && isBelow(source)) {
			return;
		}
		boolean accepting = event.getState() == ReadinessState.ACCEPTING_TRAFFIC;
		awaitFirstRegistration(this.lifecycle.acceptTraffic(accepting));
	}

	private boolean isBelow(ApplicationContext other) {
		return Stream.iterate(other.getParent(), Objects::nonNull, ApplicationContext::getParent)
			.anyMatch((ancestor) -> ancestor == this.context);
	}

	/**
	 * This application's registrations, from memory.
	 * @return empty while the server has not started or the application accepts no
	 * traffic
	 */
	public List<OwnRegistration> registrations() {
		return this.lifecycle.registrations()
			.stream()
			.map((registration) -> new OwnRegistration(registration.status(), this.addressReason))
			.toList();
	}

	@Override
	public void destroy() {
		this.lifecycle.close();
	}

	private void awaitFirstRegistration(CompletableFuture<List<Registration>> registering) {
		List<Registration> first = started(registering);
		if (!first.isEmpty() && this.failFast.compareAndSet(true, false)) {
			long deadline = System.nanoTime() + this.failFastTimeout.toNanos();
			first.forEach((registration) -> awaitRegistered(registration, deadline));
		}
	}

	private List<Registration> started(CompletableFuture<List<Registration>> registering) {
		try {
			return registering.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return this.lifecycle.registrations();
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException cause) {
				throw cause;
			}
			throw new IllegalStateException("could not register", ex.getCause());
		}
	}

	private void awaitRegistered(Registration registration, long deadline) {
		try {
			registration.registered().get(Math.max(deadline - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw failure(registration, null, "interrupted", ex);
		}
		catch (ExecutionException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			throw failure(registration, null, cause.getMessage(), cause);
		}
		catch (TimeoutException ex) {
			if (registration.status().state() != State.WAITING) {
				throw failure(registration, this.failFastTimeout, registration.status().lastError(), null);
			}
			// what a dead process left ends by itself, within its TTL
			awaitRegistered(registration, System.nanoTime() + CHECK_INTERVAL.toNanos());
		}
	}

	private RegistrationFailedException failure(Registration failed, @Nullable Duration timeout,
			@Nullable String reason, @Nullable Throwable cause) {
		RegistrationStatus status = failed.status();
		String registry = this.registries.stream()
			.filter((candidate) -> candidate.name().equals(status.registry()))
			.map(Registry::description)
			.findFirst()
			.orElse(status.registry());
		return new RegistrationFailedException(
				"%s of service '%s'".formatted(status.instance().id(), status.instance().service()), registry, timeout,
				reason, cause);
	}

	@Override
	public String toString() {
		return "ServerRegistrar" + registrations();
	}

}
