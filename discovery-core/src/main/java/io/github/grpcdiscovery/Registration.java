package io.github.grpcdiscovery;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One instance that is being kept in one registry, through every outage, until it is
 * closed. Safe for use by any thread.
 */
public interface Registration extends AutoCloseable {

	/**
	 * What is known about this registration now, from memory.
	 * @return an immutable copy
	 */
	RegistrationStatus status();

	/**
	 * Completes when the instance is in the registry for the first time.
	 * @return a future that fails with {@link RegistrationConflictException} if another
	 * process holds the id, with another {@link RegistryException} if the registry
	 * refuses us, although both are tried again at long intervals, and with
	 * {@link java.util.concurrent.CancellationException} if the registration is closed
	 * before
	 */
	CompletableFuture<Void> registered();

	/**
	 * Takes the instance out of the registry, for good: nothing that is still under way
	 * can bring it back. May be called any number of times.
	 * @param timeout how long to try
	 * @return completes with {@code true} when the registry confirmed, with {@code false}
	 * when the time was up first; the registry then forgets the instance by itself
	 */
	CompletableFuture<Boolean> deregister(Duration timeout);

	/**
	 * Deregisters and waits for it, at most two seconds.
	 */
	@Override
	void close();

}
