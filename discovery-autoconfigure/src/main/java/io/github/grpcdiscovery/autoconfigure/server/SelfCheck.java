package io.github.grpcdiscovery.autoconfigure.server;

import java.util.concurrent.CompletableFuture;

import io.github.grpcdiscovery.HostAndPort;

/**
 * Looks, before a server is registered for the first time, whether it can be called at
 * the address that clients will be told.
 */
interface SelfCheck {

	/** Looks at nothing. */
	SelfCheck NONE = (server, advertised) -> CompletableFuture.completedFuture(null);

	/**
	 * Begins to look, and returns at once.
	 * @param server the running server
	 * @param advertised where clients will call it
	 * @return completes when the server may be registered, whatever was found; never with
	 * an exception
	 */
	CompletableFuture<?> start(RunningServer server, HostAndPort advertised);

}
