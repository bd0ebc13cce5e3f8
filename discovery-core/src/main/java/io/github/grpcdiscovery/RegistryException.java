package io.github.grpcdiscovery;

import org.jspecify.annotations.Nullable;

/**
 * A registry could not be used. The message names the registry, what was tried and why it
 * failed, and holds no secret.
 */
public class RegistryException extends RuntimeException {

	/**
	 * Creates the exception.
	 * @param message what was tried, where, and why it failed
	 * @param cause the client library's error
	 */
	public RegistryException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

	/**
	 * Whether trying again soon is pointless, since somebody has to change something
	 * first: a password, a permission, an id.
	 * @return {@code true} to be tried again at long intervals only
	 */
	public boolean isPermanent() {
		return false;
	}

}
