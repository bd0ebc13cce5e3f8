package io.github.grpcdiscovery.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * The settings are wrong in a way that somebody has to mend before the application can
 * start. Holds no secret.
 */
public class DiscoveryConfigurationException extends RuntimeException {

	private final String action;

	private final @Nullable String property;

	/**
	 * Creates the exception.
	 * @param description what is wrong, without secrets
	 * @param action what to do about it
	 */
	public DiscoveryConfigurationException(String description, String action) {
		this(description, action, null, null);
	}

	/**
	 * Creates the exception.
	 * @param description what is wrong, without secrets
	 * @param action what to do about it
	 * @param cause what told us
	 */
	public DiscoveryConfigurationException(String description, String action, @Nullable Throwable cause) {
		this(description, action, null, cause);
	}

	/**
	 * Creates the exception.
	 * @param description what is wrong, without secrets
	 * @param action what to do about it
	 * @param property full name of the property that is wrong, if it is one
	 * @param cause what told us
	 */
	public DiscoveryConfigurationException(String description, String action, @Nullable String property,
			@Nullable Throwable cause) {
		super(description, cause);
		this.action = action;
		this.property = property;
	}

	/**
	 * What to do about it.
	 * @return for the person who configures the application
	 */
	public String action() {
		return this.action;
	}

	/**
	 * The property that is wrong.
	 * @return its full name; {@code null} if it is not one alone
	 */
	public @Nullable String property() {
		return this.property;
	}

}
