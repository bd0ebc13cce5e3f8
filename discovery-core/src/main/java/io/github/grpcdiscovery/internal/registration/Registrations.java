package io.github.grpcdiscovery.internal.registration;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.RegistrationProtocol;

/**
 * The registrations of one registry: made while it is open, and ended when it is closed.
 * Safe for use by any thread.
 *
 * @param <P> how the registry writes an instance
 */
public final class Registrations<P extends RegistrationProtocol> implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Registrations.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private static final Duration GRACE = Duration.ofMillis(500);

	private final String registry;

	private final String description;

	private final EventLoop loop;

	private final Backoff backoff;

	private final DiscoveryObserver observer;

	private final Clock clock;

	private final Map<Registration, P> open = new ConcurrentHashMap<>();

	private volatile boolean closed;

	/**
	 * Nothing is registered yet.
	 * @param registry the registry's name, such as {@code etcd}
	 * @param description the registry as a person would name it, without secrets
	 * @param loop the registry's event loop
	 * @param backoff waits between attempts
	 * @param observer sees what happens
	 * @param clock wall clock, for what operators are shown
	 */
	public Registrations(String registry, String description, EventLoop loop, Backoff backoff,
			DiscoveryObserver observer, Clock clock) {
		this.registry = registry;
		this.description = description;
		this.loop = loop;
		this.backoff = backoff;
		this.observer = observer;
		this.clock = clock;
	}

	/**
	 * Registers an instance and keeps it registered until the registration or this is
	 * closed.
	 * @param instance what to register
	 * @param protocol how; for this instance alone
	 * @return does not wait for the registry
	 * @throws IllegalStateException if this is closed
	 */
	public Registration register(ServiceInstance instance, P protocol) {
		requireOpen(instance);
		this.open.keySet().removeIf((other) -> other.status().state() == State.DEREGISTERED);
		Registration registration = RegistrationKeeper.start(this.registry, instance, this.loop, this.backoff, protocol,
				this.observer, this.clock);
		this.open.put(registration, protocol);
		if (this.closed) {
			// closed meanwhile, perhaps without having seen this one
			registration.deregister(TIMEOUT);
			requireOpen(instance);
		}
		return registration;
	}

	private void requireOpen(ServiceInstance instance) {
		if (this.closed) {
			throw new IllegalStateException(
					"%s is closed (expected: register '%s' before)".formatted(this.description, instance.id()));
		}
	}

	/**
	 * How the instances are written that are or were registered here.
	 * @return a view
	 */
	public Collection<P> protocols() {
		return this.open.values();
	}

	/**
	 * Deregisters all and refuses new ones. Waits for at most 2.5 s, and not at all on
	 * the event loop.
	 */
	@Override
	public void close() {
		this.closed = true;
		List<CompletableFuture<Boolean>> leaving = this.open.keySet()
			.stream()
			.map((registration) -> registration.deregister(TIMEOUT))
			.toList();
		if (!this.loop.inLoop()) {
			await(CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new)));
		}
	}

	private void await(CompletableFuture<Void> left) {
		try {
			left.get(TIMEOUT.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("{} is closed before all instances have left", this.description, ex);
		}
	}

}
