package io.github.grpcdiscovery.autoconfigure;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Gives the errors of the product's own types the name of the property that caused them.
 */
public final class PropertyCheck {

	private PropertyCheck() {
	}

	/**
	 * Runs what checks a value.
	 * @param <T> the result's type
	 * @param property full name of the property
	 * @param value its value, which is shown: not for secrets
	 * @param check throws {@link IllegalArgumentException} if the value breaks its rule
	 * @return what the check returns
	 * @throws InvalidConfigurationPropertyValueException if the value breaks its rule
	 */
	public static <T> T of(String property, @Nullable Object value, Supplier<T> check) {
		try {
			return check.get();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(property, value, ex.getMessage(), ex);
		}
	}

	/**
	 * Runs what checks a value that is or may hold a secret.
	 * @param <T> the result's type
	 * @param property full name of the property
	 * @param action what to do about an error
	 * @param check throws {@link IllegalArgumentException} with a message without secrets
	 * if the value breaks its rule
	 * @return what the check returns
	 * @throws DiscoveryConfigurationException if the value breaks its rule
	 */
	public static <T> T secret(String property, String action, Supplier<T> check) {
		try {
			return check.get();
		}
		catch (IllegalArgumentException ex) {
			throw new DiscoveryConfigurationException(named(property, String.valueOf(ex.getMessage())), action,
					property, ex);
		}
	}

	// a message that begins with the last part of the property's name has it once
	private static String named(String property, String message) {
		String name = property.substring(property.lastIndexOf('.') + 1);
		boolean named = message.startsWith(name + ":") || message.startsWith(name + "[");
		return named ? property + message.substring(name.length()) : property + ": " + message;
	}

}
