package io.github.grpcdiscovery.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * The settings are wrong in a way that somebody has to mend before the application can
 * start. Holds no secret.
 */
public class DiscoveryConfigurationException extends RuntimeException {

	private final String action;

	/**
	 * Creates the exception.
	 * @param description what is wrong, without secrets
	 * @param action what to do about it
	 */
	public DiscoveryConfigurationException(String description, String action) {
		this(description, action, null);
	}

	/**
	 * Creates the exception.
	 * @param description what is wrong, without secrets
	 * @param action what to do about it
	 * @param cause what told us
	 */
	public DiscoveryConfigurationException(String description, String action, @Nullable Throwable cause) {
		super(description, cause);
		this.action = action;
	}

	/**
	 * What to do about it.
	 * @return for the person who configures the application
	 */
	public String action() {
		return this.action;
	}

}
