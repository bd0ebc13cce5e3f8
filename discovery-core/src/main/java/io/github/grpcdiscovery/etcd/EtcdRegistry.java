package io.github.grpcdiscovery.etcd;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Presence;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.ServiceRegistrar;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.internal.registration.RegistrationKeeper;
import io.github.grpcdiscovery.internal.watch.WatchedServices;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * The registry etcd. Connects when it is first used; nothing here blocks but
 * {@link #close()}, and that for a few seconds at most.
 */
public final class EtcdRegistry implements Registry {

	/** The registry's name in properties and targets. */
	public static final String NAME = "etcd";

	private static final Logger logger = LoggerFactory.getLogger(EtcdRegistry.class);

	/** Of grpc-java: prints every frame in hexadecimal at DEBUG. */
	private static final String FRAME_LOGGER = "io.grpc.netty.NettyClientHandler";

	private static final Duration DEREGISTER_TIMEOUT = Duration.ofSeconds(2);

	private final EtcdSettings settings;

	private final DiscoveryObserver observer;

	private final Backoff backoff;

	private final Presence presence;

	private final EventLoop loop;

	private final EtcdConnection connection;

	private final EtcdKeys keys;

	private final WatchedServices discovery;

	private final ServiceRegistrar registrar = new Registrar();

	private final Set<RegistrationKeeper> registrations = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean closed = new AtomicBoolean();

	/**
	 * Creates the registry with the usual pauses between attempts.
	 * @param settings how to reach etcd
	 * @param observer sees what happens
	 * @throws IllegalStateException if the class path lacks what jetcd needs
	 */
	public EtcdRegistry(EtcdSettings settings, DiscoveryObserver observer) {
		this(settings, WatchSettings.DEFAULT, Backoff.DEFAULT, observer);
	}

	/**
	 * Creates the registry. It connects when it is first used.
	 * @param settings how to reach etcd
	 * @param watchSettings how services are followed
	 * @param backoff waits between attempts to register
	 * @param observer sees what happens
	 * @throws IllegalStateException if the class path lacks what jetcd needs
	 */
	public EtcdRegistry(EtcdSettings settings, WatchSettings watchSettings, Backoff backoff,
			DiscoveryObserver observer) {
		NettyRequirement.check(EtcdRegistry.class.getClassLoader());
		this.settings = settings;
		this.observer = observer;
		this.backoff = backoff;
		this.presence = watchSettings.presence();
		this.loop = EventLoop.start("grpc-discovery-etcd");
		this.connection = new EtcdConnection(settings, this.loop);
		this.keys = new EtcdKeys(settings.namespace());
		this.discovery = new WatchedServices(NAME, settings.description(), this.loop,
				(service, sink) -> new EtcdWatchAttempt(this.connection, this.keys, service, sink), watchSettings,
				observer, Clock.systemUTC());
		warnOfWhatShowsThePassword();
	}

	private void warnOfWhatShowsThePassword() {
		if (this.settings.sendsPasswordInTheClear()) {
			logger.warn("The password for {} is sent in the clear (fix: an https endpoint)", description());
		}
		if (this.settings.password() != null && LoggerFactory.getLogger(FRAME_LOGGER).isDebugEnabled()) {
			logger.warn("Logger {} is on, which prints all that is sent, the password for {} too (fix: level INFO)",
					FRAME_LOGGER, description());
		}
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public String description() {
		return this.settings.description();
	}

	@Override
	public ServiceRegistrar registrar() {
		return this.registrar;
	}

	@Override
	public ServiceDiscovery discovery() {
		return this.discovery;
	}

	private Registration register(ServiceInstance instance) {
		if (this.closed.get()) {
			throw new IllegalStateException(
					"%s is closed (expected: register '%s' before)".formatted(description(), instance.id()));
		}
		this.registrations.removeIf((other) -> other.status().state() == State.DEREGISTERED);
		EtcdRegistrationProtocol protocol = new EtcdRegistrationProtocol(this.connection, this.loop, this.keys,
				instance, this.settings.ttl(), this.presence);
		RegistrationKeeper registration = RegistrationKeeper.start(NAME, instance, this.loop, this.backoff, protocol,
				this.observer, Clock.systemUTC());
		this.registrations.add(registration);
		return registration;
	}

	@Override
	public void close() {
		if (!this.closed.compareAndSet(false, true)) {
			return;
		}
		this.discovery.close();
		List<CompletableFuture<Boolean>> leaving = this.registrations.stream()
			.map((registration) -> registration.deregister(DEREGISTER_TIMEOUT))
			.toList();
		try {
			CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new))
				.get(DEREGISTER_TIMEOUT.toMillis() + 500, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("{} is closed before all instances have left", description(), ex);
		}
		this.connection.close();
		this.loop.close();
	}

	@Override
	public String toString() {
		return "EtcdRegistry[" + this.settings + "]";
	}

	private final class Registrar implements ServiceRegistrar {

		@Override
		public String registry() {
			return NAME;
		}

		@Override
		public void prepare() {
			EtcdRegistry.this.loop.execute(EtcdRegistry.this.connection::prepare);
		}

		@Override
		public Registration register(ServiceInstance instance) {
			return EtcdRegistry.this.register(instance);
		}

	}

}
