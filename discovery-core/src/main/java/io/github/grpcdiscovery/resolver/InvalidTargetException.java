package io.github.grpcdiscovery.resolver;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * A channel's target has a scheme of ours and cannot be understood.
 */
public class InvalidTargetException extends IllegalArgumentException {

	/**
	 * Creates the exception.
	 * @param target the target as it was given
	 * @param rule what it should be
	 */
	public InvalidTargetException(Object target, String rule) {
		super("target: '%s' (expected: %s)".formatted(Printable.of(TargetText.withoutSecrets(target)), rule));
	}

	/**
	 * Creates the exception.
	 * @param target the target as it was given
	 * @param cause names what is wrong in it, and the rule
	 */
	InvalidTargetException(Object target, IllegalArgumentException cause) {
		super("target: '%s': %s".formatted(Printable.of(TargetText.withoutSecrets(target)), cause.getMessage()), cause);
	}

}
