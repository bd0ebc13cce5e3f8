package io.github.grpcdiscovery.spi;

import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * How one registry puts one instance in, keeps it there and takes it out: all that a
 * registry writes to register. Its methods are called on the event loop and do not block.
 */
public interface RegistrationProtocol {

	/**
	 * One try to be in the registry and to stay there. It reports itself active once the
	 * registry holds the instance, and fails when that is no longer so, or no longer
	 * sure.
	 * @return a new attempt
	 */
	Attempt attempt();

	/**
	 * Whether the registry may hold something of ours, now or at some time before: a
	 * write was sent, even if no answer came.
	 * @return {@code false} only if certainly nothing was ever written
	 */
	default boolean mayBeThere() {
		return true;
	}

	/**
	 * Which health check of the registry the instance does not pass, as far as it is
	 * known. Any thread.
	 * @return what the registry says; {@code null} if it passes, or if the registry has
	 * no checks
	 */
	default @Nullable String unhealthy() {
		return null;
	}

	/**
	 * Takes out whatever the attempts may have put in, also what is still under way. No
	 * attempt is made after it.
	 * @return completes when the registry confirmed, or with the error
	 */
	CompletionStage<?> deregister();

}
