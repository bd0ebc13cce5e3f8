package io.github.grpcdiscovery.local;

import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
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
 * The embedded registry: one file an instance in a directory that the processes of one
 * machine and user share.
 *
 * <pre>{@code
 * try (LocalRegistry registry = new LocalRegistry(LocalSettings.of(Path.of("/tmp/demo")))) {
 *     registry.registrar().register(ServiceInstance.of("tag-service", "127.0.0.1", 9090));
 * }
 * }</pre>
 */
public final class LocalRegistry implements Registry {

	/** The registry's name in properties and targets. */
	public static final String NAME = "local";

	/**
	 * How services are followed by default: as everywhere, with waits fit for a registry
	 * that is a directory.
	 */
	public static final WatchSettings DEFAULT_WATCH_SETTINGS = WatchSettings.builder()
		.backoff(new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofSeconds(10)))
		.build();

	private final LocalSettings settings;

	private final EventLoop loop;

	private final Clock clock;

	private final String owner = UUID.randomUUID().toString();

	private final RegistryDirectory directory;

	private final RootAvailability root;

	private final DirectoryChanges changes;

	private final WatchedServices discovery;

	private final ServiceRegistrar registrar = new Registrar();

	private final AtomicBoolean closed = new AtomicBoolean();

	private final Registrations<LocalRegistrationProtocol> registrations;

	/**
	 * A registry with default waits that nobody observes. Touches the directory when it
	 * is first used.
	 * @param settings where the files are
	 */
	public LocalRegistry(LocalSettings settings) {
		this(settings, DEFAULT_WATCH_SETTINGS, DiscoveryObserver.NONE);
	}

	/**
	 * A registry. Touches the directory when it is first used.
	 * @param settings where the files are
	 * @param watchSettings how services are followed; its back-off is used for
	 * registrations too
	 * @param observer sees what happens
	 */
	public LocalRegistry(LocalSettings settings, WatchSettings watchSettings, DiscoveryObserver observer) {
		this(settings, watchSettings, observer, EventLoop.start("grpc-discovery-local"), Clock.systemUTC());
	}

	LocalRegistry(LocalSettings settings, WatchSettings watchSettings, DiscoveryObserver observer, EventLoop loop,
			Clock clock) {
		this.settings = settings;
		this.loop = loop;
		this.clock = clock;
		this.directory = new RegistryDirectory(settings.directory());
		this.root = new RootAvailability(this.directory, loop,
				settings.heartbeat().multipliedBy(2).plus(watchSettings.backoff().max()));
		this.changes = new DirectoryChanges(loop, settings.directory(), "grpc-discovery-local-changes");
		RegistryContext context = new RegistryContext(NAME, description(), loop, observer, clock);
		this.discovery = new WatchedServices(context, new Source(), watchSettings);
		this.registrations = new Registrations<>(context, watchSettings.backoff());
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public String description() {
		return NAME + " (" + this.settings.directory() + ")";
	}

	@Override
	public ServiceRegistrar registrar() {
		return this.registrar;
	}

	@Override
	public ServiceDiscovery discovery() {
		return this.discovery;
	}

	@Override
	public void close() {
		if (!this.closed.compareAndSet(false, true)) {
			return;
		}
		this.discovery.close();
		this.registrations.close();
		this.loop.close();
		this.changes.close();
	}

	@Override
	public String toString() {
		return "LocalRegistry[" + this.settings.directory() + "]";
	}

	private final class Source implements WatchSource {

		@Override
		public WatchAttempt attempt(String service, InstancesSink sink) {
			LocalRegistry registry = LocalRegistry.this;
			return new LocalWatchAttempt(service, sink, registry.settings, registry.directory, registry.root,
					registry.changes, registry.loop, registry.clock);
		}

		@Override
		public ServiceConfigSource serviceConfigs() {
			LocalRegistry registry = LocalRegistry.this;
			return (service, sink) -> new LocalServiceConfigAttempt(service, sink, registry.settings,
					registry.directory, registry.root, registry.changes);
		}

	}

	private final class Registrar implements ServiceRegistrar {

		@Override
		public String registry() {
			return NAME;
		}

		@Override
		public Registration register(ServiceInstance instance) {
			LocalRegistry registry = LocalRegistry.this;
			InstanceFile file = new InstanceFile(instance, registry.owner, ProcessHandle.current().pid(),
					registry.settings.ttl());
			LocalRegistrationProtocol protocol = new LocalRegistrationProtocol(file, registry.settings,
					registry.directory, registry.root, registry.changes, registry.loop, registry.clock);
			return registry.registrations.register(instance, protocol);
		}

	}

}
