package io.github.grpcdiscovery.internal.registration;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.reconnect.ReconnectLoop;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.PredecessorException;
import io.github.grpcdiscovery.spi.RegistrationProtocol;

/**
 * The {@link Registration} of a registry that has a {@link RegistrationProtocol}: wants
 * the instance to be there, again and again, until it is closed, and from then on wants
 * it to be away.
 */
public final class RegistrationKeeper implements Registration {

	private static final Logger logger = LoggerFactory.getLogger(RegistrationKeeper.class);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

	private final RegistryContext registry;

	private final ServiceInstance instance;

	private final EventLoop loop;

	private final RegistrationProtocol protocol;

	private final ReconnectLoop connection;

	private final CompletableFuture<Void> registered = new CompletableFuture<>();

	private final OwnStatus own;

	private final RegistrationLog log;

	private final Deregistration deregistration;

	private @Nullable Long lostAt; // on the event loop only

	private RegistrationKeeper(RegistryContext registry, ServiceInstance instance, Backoff backoff,
			RegistrationProtocol protocol) {
		this.registry = registry;
		this.instance = instance;
		this.loop = registry.loop();
		this.protocol = protocol;
		this.log = new RegistrationLog(logger, registry.name(), instance, this.loop);
		this.connection = new ReconnectLoop("registration of " + instance.id() + " in " + registry.name(), this.loop,
				backoff, protocol::attempt, new Transitions());
		this.own = new OwnStatus(registry, instance);
		this.deregistration = new Deregistration(this.loop, protocol, this.own, this.log);
	}

	/**
	 * Starts to keep an instance registered. Any thread.
	 * @param registry what all of the registry share
	 * @param instance what to register
	 * @param backoff waits between attempts
	 * @param protocol writes to the registry
	 * @return the registration
	 */
	public static RegistrationKeeper start(RegistryContext registry, ServiceInstance instance, Backoff backoff,
			RegistrationProtocol protocol) {
		RegistrationKeeper keeper = new RegistrationKeeper(registry, instance, backoff, protocol);
		// before any wish to leave, which comes by the same queue
		keeper.loop.execute(keeper.connection::start);
		return keeper;
	}

	@Override
	public RegistrationStatus status() {
		RegistrationStatus status = this.own.status();
		// of what is not there nobody knows how it is
		return (status.state() == State.REGISTERED) ? withUnhealthy(status) : status;
	}

	private RegistrationStatus withUnhealthy(RegistrationStatus status) {
		return status.toBuilder().unhealthy(this.protocol.unhealthy()).build();
	}

	@Override
	public CompletableFuture<Void> registered() {
		return this.registered.copy();
	}

	@Override
	public CompletableFuture<Boolean> deregister(Duration timeout) {
		CompletableFuture<Boolean> result = new CompletableFuture<>();
		boolean open = this.loop.offer(() -> {
			leave();
			this.deregistration.whenEnded(result, timeout);
		});
		if (!open) {
			// closed after its registry, which has deregistered it or given up
			result.complete(this.deregistration.isConfirmed());
		}
		return result;
	}

	// from here on nothing is written again: this is closed before the network is used
	private void leave() {
		this.connection.close();
		this.registered.completeExceptionally(
				new CancellationException("registration of %s was closed".formatted(this.instance.id())));
		this.deregistration.begin();
	}

	@Override
	public void close() {
		CompletableFuture<Boolean> left = deregister(CLOSE_TIMEOUT);
		if (this.loop.inLoop()) {
			return; // such as a listener: to wait here would be to wait for ourselves
		}
		try {
			left.get(CLOSE_TIMEOUT.toMillis() + 500, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("Registration of {} closed without a response", this.instance.id(), ex);
		}
	}

	@Override
	public String toString() {
		return "RegistrationKeeper[%s in %s, %s]".formatted(this.instance.id(), this.registry.name(), status().state());
	}

	private final class Transitions implements ReconnectLoop.Listener {

		@Override
		public void onActive() {
			RegistrationKeeper keeper = RegistrationKeeper.this;
			if (keeper.lostAt == null) {
				keeper.log.registered();
			}
			else {
				keeper.log.regained(keeper.loop.since(keeper.lostAt));
				keeper.lostAt = null;
			}
			keeper.own.change(State.REGISTERED, null);
			keeper.registered.complete(null);
		}

		@Override
		public void onLost(RegistryException cause) {
			RegistrationKeeper keeper = RegistrationKeeper.this;
			boolean conflict = cause instanceof RegistrationConflictException;
			boolean first = keeper.lostAt == null;
			if (first) {
				keeper.lostAt = keeper.loop.nanoTime();
				keeper.registry.observer()
					.contactLost(keeper.registry.name(), keeper.instance.service(),
							DiscoveryObserver.Purpose.REGISTRATION);
			}
			// a conflict is told also when an outage came first: somebody has to act
			if (conflict && keeper.own.status().state() != State.CONFLICT) {
				keeper.log.conflict(cause);
			}
			else if (!conflict) {
				keeper.log.lost(cause);
			}
			if (conflict) {
				keeper.own.change(State.CONFLICT, cause.getMessage());
				keeper.registered.completeExceptionally(cause);
			}
			else if (cause instanceof PredecessorException) {
				keeper.own.change(State.WAITING, cause.getMessage());
			}
			else {
				boolean before = keeper.own.status().registrations() > 0;
				keeper.own.change(before ? State.RETRYING : State.REGISTERING, cause.getMessage());
				if (cause.isPermanent()) {
					keeper.registered.completeExceptionally(cause);
				}
			}
		}

	}

}
