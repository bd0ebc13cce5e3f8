package io.github.grpcdiscovery.etcd;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.ReachabilityProbe;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.ServiceRegistrar;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.internal.registration.Registrations;
import io.github.grpcdiscovery.internal.watch.WatchedServices;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.ServiceConfigSource;
import io.github.grpcdiscovery.spi.WatchAttempt;
import io.github.grpcdiscovery.spi.WatchSource;

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

	private final EtcdSettings settings;

	private final ReachabilityProbe reachability;

	private final EventLoop loop;

	private final EtcdConnection connection;

	private final EtcdKeys keys;

	private final WatchedServices discovery;

	private final ServiceRegistrar registrar = new Registrar();

	private final Registrations<EtcdRegistrationProtocol> registrations;

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
		this.reachability = watchSettings.reachability();
		this.loop = EventLoop.start("grpc-discovery-etcd");
		this.connection = new EtcdConnection(settings, this.loop);
		this.keys = new EtcdKeys(settings.namespace());
		RegistryContext context = new RegistryContext(NAME, settings.description(), this.loop, observer);
		this.discovery = new WatchedServices(context, new Source(), watchSettings);
		this.registrations = new Registrations<>(context, backoff);
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

	// the call loads and connects what the registration's own calls would wait for, and
	// the codec loads meanwhile
	private void prepare(ServiceInstance instance) {
		this.loop.execute(() -> {
			this.connection.get(this.keys.key(instance)).exceptionally((error) -> {
				logger.debug("{} could not be read before the registration", description(), error);
				return Optional.empty();
			});
			try {
				EtcdNamingCodec.encode(instance, "");
			}
			catch (IllegalArgumentException ex) {
				logger.debug("The registration will fail", ex);
			}
		});
	}

	private Registration register(ServiceInstance instance) {
		EtcdRegistrationProtocol protocol = new EtcdRegistrationProtocol(this.connection, this.loop, this.keys,
				instance, this.settings.ttl(), this.reachability);
		return this.registrations.register(instance, protocol);
	}

	@Override
	public void close() {
		if (!this.closed.compareAndSet(false, true)) {
			return;
		}
		this.discovery.close();
		this.registrations.close();
		this.connection.close();
		this.loop.close();
	}

	@Override
	public String toString() {
		return "EtcdRegistry[" + this.settings + "]";
	}

	private final class Source implements WatchSource {

		@Override
		public WatchAttempt attempt(String service, InstancesSink sink) {
			return new EtcdWatchAttempt(EtcdRegistry.this.connection, EtcdRegistry.this.keys, service, sink);
		}

		@Override
		public ServiceConfigSource serviceConfigs() {
			return (service, sink) -> new EtcdServiceConfigAttempt(EtcdRegistry.this.connection, EtcdRegistry.this.keys,
					service, sink);
		}

	}

	private final class Registrar implements ServiceRegistrar {

		@Override
		public String registry() {
			return NAME;
		}

		@Override
		public void prepare(ServiceInstance instance) {
			EtcdRegistry.this.prepare(instance);
		}

		@Override
		public Registration register(ServiceInstance instance) {
			return EtcdRegistry.this.register(instance);
		}

	}

}
