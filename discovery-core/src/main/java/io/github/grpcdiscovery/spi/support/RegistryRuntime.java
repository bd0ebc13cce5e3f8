package io.github.grpcdiscovery.spi.support;

import java.time.Clock;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.internal.registration.Registrations;
import io.github.grpcdiscovery.internal.watch.WatchedServices;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.RegistrationProtocol;
import io.github.grpcdiscovery.spi.WatchSource;

/**
 * What every registry has in common: it shares one watch a service, keeps the last good
 * list, tries again with a back-off and registers again what the server has lost. The
 * author of a registry brings a {@link WatchSource} and a {@link RegistrationProtocol}.
 * Safe for use by any thread.
 */
public final class RegistryRuntime implements AutoCloseable {

	private final String registry;

	private final WatchedServices discovery;

	private final Registrations<RegistrationProtocol> registrations;

	/**
	 * Connects to nothing yet.
	 * @param registry name of the registry, such as {@code zookeeper}
	 * @param description the registry as a person would name it, with its address and
	 * without secrets
	 * @param loop where everything happens; it stays the caller's to close
	 * @param source makes a watch of a service
	 * @param settings of watches; its back-off is that of registrations too
	 * @param observer sees what happens
	 */
	public RegistryRuntime(String registry, String description, EventLoop loop, WatchSource source,
			WatchSettings settings, DiscoveryObserver observer) {
		this.registry = registry;
		this.discovery = new WatchedServices(registry, description, loop, source, settings, observer,
				Clock.systemUTC());
		this.registrations = new Registrations<>(registry, description, loop, settings.backoff(), observer,
				Clock.systemUTC());
	}

	/**
	 * Follows services.
	 * @return the same one always
	 */
	public ServiceDiscovery discovery() {
		return this.discovery;
	}

	/**
	 * Registers an instance and keeps it registered until the registration or this is
	 * closed.
	 * @param instance what to register
	 * @param protocol how; for this instance alone
	 * @return does not wait for the registry
	 * @throws IllegalStateException if this is closed
	 */
	public Registration register(ServiceInstance instance, RegistrationProtocol protocol) {
		return this.registrations.register(instance, protocol);
	}

	/**
	 * Ends all watches and deregisters all instances, for which it waits at most 2.5 s.
	 * Close it before its event loop.
	 */
	@Override
	public void close() {
		this.discovery.close();
		this.registrations.close();
	}

	@Override
	public String toString() {
		return "RegistryRuntime[" + this.registry + "]";
	}

}
