package io.github.grpcdiscovery.autoconfigure.server;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

	private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

	private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(2);

	private final List<Registry> registries;

	private final List<RegistryLocation> locations;

	private final ServiceInstanceFactory instances;

	// as they were at the start: Spring Cloud's refresh binds the properties anew, and
	// nobody checks them then
	private final Duration drain;

	private final Duration failFastTimeout;

	private final SelfCheck selfCheck;

	private @Nullable ApplicationContext context;

	private final Object lock = new Object();

	// all below: guarded by lock

	private boolean accepting;

	private @Nullable ServiceInstance wanted;

	private String addressReason = "";

	private List<Registration> registrations = List.of();

	private CompletableFuture<?> left = CompletableFuture.completedFuture(null);

	private @Nullable CompletableFuture<?> checked;

	private long drainedAt = System.nanoTime();

	private boolean failFast;

	ServerRegistrar(List<Registry> registries, List<RegistryLocation> locations, ServiceInstanceFactory instances,
			RegistrationProperties properties, SelfCheck selfCheck) {
		this.registries = registries;
		this.locations = List.copyOf(locations);
		this.instances = instances;
		this.selfCheck = selfCheck;
		this.drain = properties.getDrain();
		this.failFastTimeout = properties.getFailFastTimeout();
		this.failFast = properties.isFailFast();
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
		DoubtfulAddress.warn(instance.host(),
				this.locations.stream().flatMap((location) -> location.endpoints().stream()).toList());
		// beside the server's own check, which the registration waits for
		this.registries.forEach((registry) -> registry.registrar().prepare());
		synchronized (this.lock) {
			this.wanted = instance;
			this.addressReason = address.reason();
			if (this.checked == null) {
				this.checked = this.selfCheck.start(server, instance.address());
			}
		}
		register();
	}

	private void register() {
		awaitChecked();
		synchronized (this.lock) {
			update();
		}
		awaitFirstRegistration();
	}

	/**
	 * The server is about to stop. Takes it out of the registry, at most two seconds, and
	 * returns when clients have had the time to hear of it.
	 */
	public void serverStopping() {
		awaitLeft(stop());
		awaitDrained();
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
		synchronized (this.lock) {
			this.accepting = event.getState() == ReadinessState.ACCEPTING_TRAFFIC;
		}
		register();
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
		synchronized (this.lock) {
			return this.registrations.stream()
				.map((registration) -> new OwnRegistration(registration.status(), this.addressReason))
				.toList();
		}
	}

	@Override
	public void destroy() {
		awaitLeft(stop());
	}

	private CompletableFuture<?> stop() {
		synchronized (this.lock) {
			this.wanted = null;
			update();
			return this.left;
		}
	}

	private void update() {
		ServiceInstance instance = this.wanted;
		if (instance == null || !this.accepting) {
			leave();
		}
		else if (this.registrations.isEmpty()) {
			if (this.left.isDone()) {
				this.registrations = this.registries.stream()
					.map((registry) -> registry.registrar().register(instance))
					.toList();
			}
			else {
				// one at a time: what still leaves must not take the next one with it
				this.left.thenRun(() -> {
					synchronized (this.lock) {
						update();
					}
				});
			}
		}
	}

	// before the lock is taken: who leaves waits for nobody
	private void awaitChecked() {
		CompletableFuture<?> checked;
		synchronized (this.lock) {
			boolean registers = this.accepting && this.wanted != null && this.registrations.isEmpty();
			checked = registers ? this.checked : null;
		}
		if (checked != null) {
			try {
				checked.get();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException("a self-check never fails", ex);
			}
		}
	}

	private void leave() {
		List<Registration> leaving = this.registrations;
		if (leaving.isEmpty()) {
			return;
		}
		this.registrations = List.of();
		boolean wasSeen = leaving.stream().anyMatch((registration) -> registration.status().registrations() > 0);
		CompletableFuture<?>[] answers = leaving.stream()
			.map((registration) -> registration.deregister(LEAVE_TIMEOUT))
			.toArray(CompletableFuture[]::new);
		this.left = CompletableFuture.allOf(answers).handle((ignored, error) -> {
			if (wasSeen) {
				synchronized (this.lock) {
					this.drainedAt = System.nanoTime() + this.drain.toNanos();
				}
			}
			return null;
		});
	}

	private void awaitLeft(CompletableFuture<?> leaving) {
		try {
			leaving.get(LEAVE_TIMEOUT.toMillis() + 500, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("No answer to a deregistration", ex);
		}
	}

	private void awaitDrained() {
		long remaining;
		synchronized (this.lock) {
			remaining = this.drainedAt - System.nanoTime();
		}
		if (remaining > 0) {
			logger.debug("Serving on for {} ms until clients have heard that this instance leaves",
					TimeUnit.NANOSECONDS.toMillis(remaining));
			try {
				// nobody counts it down: an await that ends with the time or an interrupt
				if (new CountDownLatch(1).await(remaining, TimeUnit.NANOSECONDS)) {
					throw new IllegalStateException();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private void awaitFirstRegistration() {
		List<Registration> first;
		synchronized (this.lock) {
			first = this.failFast ? this.registrations : List.of();
			this.failFast = this.failFast && first.isEmpty();
		}
		long deadline = System.nanoTime() + this.failFastTimeout.toNanos();
		first.forEach((registration) -> awaitRegistered(registration, deadline));
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
			awaitRegistered(registration, System.nanoTime() + LOOK_AGAIN.toNanos());
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
