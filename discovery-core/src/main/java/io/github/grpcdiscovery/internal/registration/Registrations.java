package io.github.grpcdiscovery.internal.registration;

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
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
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

	private final RegistryContext registry;

	private final Backoff backoff;

	private final Map<Registration, P> open = new ConcurrentHashMap<>();

	private volatile boolean closed;

	/**
	 * Nothing is registered yet.
	 * @param registry what all of the registry share
	 * @param backoff waits between attempts
	 */
	public Registrations(RegistryContext registry, Backoff backoff) {
		this.registry = registry;
		this.backoff = backoff;
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
		Registration registration = RegistrationKeeper.start(this.registry, instance, this.backoff, protocol);
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
			throw new IllegalStateException("%s is closed (expected: register '%s' before)"
				.formatted(this.registry.description(), instance.id()));
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
		if (!this.registry.loop().inLoop()) {
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
			logger.debug("{} is closed before all instances have left", this.registry.description(), ex);
		}
	}

}
