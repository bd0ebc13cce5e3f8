package io.github.grpcdiscovery.autoconfigure.inject;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.AutowireCandidateResolver;
import org.springframework.core.MethodParameter;

import io.github.grpcdiscovery.GrpcClient;

/**
 * Answers for what is annotated with {@link GrpcClient}, as Spring itself does for
 * {@code @Value}, and leaves all else to another. This way a constructor's channel is
 * made when the constructor is called, not when bean definitions are read.
 */
final class GrpcClientCandidateResolver implements AutowireCandidateResolver {

	private final AutowireCandidateResolver delegate;

	private final Supplier<GrpcClientValues> values;

	GrpcClientCandidateResolver(AutowireCandidateResolver delegate, Supplier<GrpcClientValues> values) {
		this.delegate = delegate;
		this.values = values;
	}

	@Override
	public @Nullable Object getSuggestedValue(DependencyDescriptor descriptor) {
		GrpcClient client = annotation(descriptor);
		if (client == null) {
			return this.delegate.getSuggestedValue(descriptor);
		}
		return this.values.get().value(client, descriptor.getDependencyType(), InjectionPlace.of(descriptor));
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
			throw InjectionPlace.of(descriptor)
				.error("parameters", parameters, "1 parameter, or the annotation on one of them");
		}
		return onMethod;
	}

	@Override
	public boolean isAutowireCandidate(BeanDefinitionHolder holder, DependencyDescriptor descriptor) {
		return this.delegate.isAutowireCandidate(holder, descriptor);
	}

	@Override
	public boolean isRequired(DependencyDescriptor descriptor) {
		return this.delegate.isRequired(descriptor);
	}

	@Override
	public boolean hasQualifier(DependencyDescriptor descriptor) {
		return this.delegate.hasQualifier(descriptor);
	}

	@Override
	public @Nullable String getSuggestedName(DependencyDescriptor descriptor) {
		return this.delegate.getSuggestedName(descriptor);
	}

	@Override
	public @Nullable Object getLazyResolutionProxyIfNecessary(DependencyDescriptor descriptor,
			@Nullable String beanName) {
		return this.delegate.getLazyResolutionProxyIfNecessary(descriptor, beanName);
	}

	@Override
	public @Nullable Class<?> getLazyResolutionProxyClass(DependencyDescriptor descriptor, @Nullable String beanName) {
		return this.delegate.getLazyResolutionProxyClass(descriptor, beanName);
	}

	@Override
	public AutowireCandidateResolver cloneIfNecessary() {
		return new GrpcClientCandidateResolver(this.delegate.cloneIfNecessary(), this.values);
	}

}
