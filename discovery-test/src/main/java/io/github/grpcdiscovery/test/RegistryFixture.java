package io.github.grpcdiscovery.test;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;

/**
 * A real registry as {@link RegistryContract} needs it. Every verb returns when it has
 * taken effect.
 */
public interface RegistryFixture extends AutoCloseable {

	/**
	 * One "process" with a client of its own, with a short TTL and back-offs fit for a
	 * test. Works also while the server is stopped.
	 * @param observer sees what happens
	 * @return closed by the contract
	 */
	Registry newRegistry(DiscoveryObserver observer);

	/**
	 * The process dies without a word: it says nothing to the server any more, not even
	 * when its {@link Registry#close()} is called later.
	 * @param registry made by {@link #newRegistry}
	 */
	void abandon(Registry registry);

	/**
	 * Somebody else takes the entry of an instance out of the registry.
	 * @param instance what was registered
	 */
	void deleteEntry(ServiceInstance instance);

	/**
	 * Somebody else puts something under a service that is no instance.
	 * @param service name of the service
	 */
	void putMalformedEntry(String service);

	/**
	 * Somebody puts the service config of a service into the registry.
	 * @param service name of the service
	 * @param json the service config; {@code null} to take it out
	 * @return {@code false} if the registry has no service configs
	 */
	default boolean putServiceConfig(String service, @Nullable String json) {
		return false;
	}

	/**
	 * The registry goes away, with what it holds.
	 */
	void stopServer();

	/**
	 * The registry comes back with what it held, unless it is there.
	 */
	void startServer();

	/**
	 * How long an instance outlives its process.
	 * @return a few seconds at most
	 */
	Duration ttl();

	/**
	 * Gives back everything, also while the server is stopped.
	 */
	@Override
	void close();

}
