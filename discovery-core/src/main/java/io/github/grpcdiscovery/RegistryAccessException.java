package io.github.grpcdiscovery;

import org.jspecify.annotations.Nullable;

/**
 * The registry refused us: wrong credentials or a missing permission.
 */
public class RegistryAccessException extends RegistryException {

	/**
	 * Creates the exception.
	 * @param message what was refused, where, and what would allow it; no secret
	 * @param cause the client library's error
	 */
	public RegistryAccessException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

	@Override
	public boolean isPermanent() {
		return true;
	}

}
