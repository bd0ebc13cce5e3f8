package io.github.grpcdiscovery.autoconfigure.inject;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.core.MethodParameter;

import io.github.grpcdiscovery.spring.GrpcClient;

/**
 * What to inject where {@link GrpcClient} is on a field, a parameter or a method with one
 * parameter.
 */
final class GrpcClientInjection implements InjectedValues {

	private final Supplier<GrpcClientValues> values;

	GrpcClientInjection(Supplier<GrpcClientValues> values) {
		this.values = values;
	}

	@Override
	public @Nullable Object value(DependencyDescriptor descriptor) {
		GrpcClient client = annotation(descriptor);
		return (client != null) ? this.values.get()
			.value(client, descriptor.getDependencyType(), InjectionPointDescription.of(descriptor)) : null;
	}

	private static @Nullable GrpcClient annotation(DependencyDescriptor descriptor) {
		GrpcClient onIt = GrpcClientAnnotations.find(descriptor.getAnnotations());
		MethodParameter parameter = descriptor.getMethodParameter();
		if (onIt != null || parameter == null || parameter.getMethod() == null) {
			return onIt;
		}
		GrpcClient onMethod = GrpcClientAnnotations.find(parameter.getMethodAnnotations());
		int parameters = parameter.getMethod().getParameterCount();
		if (onMethod != null && parameters != 1) {
			throw InjectionPointDescription.of(descriptor)
				.error("parameters", parameters, "1 parameter, or the annotation on one of them");
		}
		return onMethod;
	}

}
