package io.github.grpcdiscovery.autoconfigure.inject;

import java.lang.reflect.Member;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.core.MethodParameter;

import io.github.grpcdiscovery.autoconfigure.DiscoveryConfigurationException;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Where an annotation is, as a person would say it.
 *
 * @param description such as {@code field 'tags' of demo.Client}
 */
record InjectionPointDescription(String description) {

	static InjectionPointDescription of(DependencyDescriptor descriptor) {
		Member member = descriptor.getMember();
		String owner = member.getDeclaringClass().getName();
		MethodParameter parameter = descriptor.getMethodParameter();
		if (parameter == null) {
			return new InjectionPointDescription("field '%s' of %s".formatted(member.getName(), owner));
		}
		if (parameter.getConstructor() != null) {
			return new InjectionPointDescription(
					"parameter %d of the constructor of %s".formatted(parameter.getParameterIndex() + 1, owner));
		}
		return new InjectionPointDescription("parameter %d of method '%s' of %s"
			.formatted(parameter.getParameterIndex() + 1, member.getName(), owner));
	}

	DiscoveryConfigurationException error(String what, @Nullable Object value, String rule) {
		return error("%s: '%s' (expected: %s)".formatted(what, Printable.of(String.valueOf(value)), rule),
				"Correct the annotation or what it is on.");
	}

	DiscoveryConfigurationException error(String problem, String action) {
		return new DiscoveryConfigurationException("@GrpcClient on %s: %s".formatted(this.description, problem),
				action);
	}

}
