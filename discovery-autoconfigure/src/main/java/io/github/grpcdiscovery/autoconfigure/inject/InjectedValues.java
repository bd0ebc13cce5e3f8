package io.github.grpcdiscovery.autoconfigure.inject;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.DependencyDescriptor;

/**
 * What to inject where an annotation says so.
 */
public interface InjectedValues {

	/**
	 * The value to inject.
	 * @param descriptor a field or parameter
	 * @return {@code null} if the annotation is not on it
	 */
	@Nullable Object value(DependencyDescriptor descriptor);

}
