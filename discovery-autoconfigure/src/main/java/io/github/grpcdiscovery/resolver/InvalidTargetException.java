package io.github.grpcdiscovery.resolver;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.Printable;

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
		this(target, rule, null);
	}

	InvalidTargetException(Object target, String rule, @Nullable Throwable cause) {
		super("target: '%s' (expected: %s)".formatted(Printable.of(TargetText.withoutSecrets(target)), rule), cause);
	}

}
