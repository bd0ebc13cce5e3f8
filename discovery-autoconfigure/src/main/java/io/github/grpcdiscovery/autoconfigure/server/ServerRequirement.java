package io.github.grpcdiscovery.autoconfigure.server;

import org.jspecify.annotations.Nullable;

/**
 * What a registry needs of a server that is registered in it. A bean of this type may
 * accompany a {@link io.github.grpcdiscovery.Registry} bean; it is asked when the server
 * has started, and what it says is logged as a warning.
 */
public interface ServerRequirement {

	/**
	 * The registry that needs it.
	 * @return name of the registry
	 */
	String registry();

	/**
	 * What the server lacks. Called once a start of the server, by the thread that starts
	 * it; must not block.
	 * @param server the running server
	 * @return a sentence that says what cannot work and what to do; {@code null} if
	 * nothing is missing
	 */
	@Nullable String missing(RunningServer server);

}
