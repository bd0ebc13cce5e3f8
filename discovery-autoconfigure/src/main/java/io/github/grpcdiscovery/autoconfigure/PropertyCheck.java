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

}
