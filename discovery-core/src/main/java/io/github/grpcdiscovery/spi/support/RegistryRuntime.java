package io.github.grpcdiscovery.spi.support;

import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
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

	RegistryRuntime(RegistryRuntimeBuilder builder) {
		this.registry = builder.registry;
		RegistryContext context = new RegistryContext(builder.registry, builder.description, builder.loop,
				builder.observer);
		this.discovery = new WatchedServices(context, builder.source, builder.settings);
		this.registrations = new Registrations<>(context, builder.settings.backoff());
	}

	/**
	 * Begins a runtime.
	 * @param registry name of the registry, such as {@code zookeeper}
	 * @param loop where everything happens; it stays the caller's to close
	 * @param source makes a watch of a service
	 * @return a builder
	 */
	public static RegistryRuntimeBuilder builder(String registry, EventLoop loop, WatchSource source) {
		return new RegistryRuntimeBuilder(registry, loop, source);
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
