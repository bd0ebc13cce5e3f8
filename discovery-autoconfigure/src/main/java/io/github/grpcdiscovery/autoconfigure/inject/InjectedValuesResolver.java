package io.github.grpcdiscovery.autoconfigure.inject;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.AutowireCandidateResolver;

/**
 * Answers for what has an annotation of ours, as Spring itself does for {@code @Value},
 * and leaves all else to another. This way a constructor's channel is made when the
 * constructor is called, not when bean definitions are read.
 */
public final class InjectedValuesResolver implements AutowireCandidateResolver {

	private final AutowireCandidateResolver delegate;

	private final InjectedValues values;

	/**
	 * Creates the resolver.
	 * @param delegate for all that has no such annotation
	 * @param values what to inject where it is
	 */
	public InjectedValuesResolver(AutowireCandidateResolver delegate, InjectedValues values) {
		this.delegate = delegate;
		this.values = values;
	}

	@Override
	public @Nullable Object getSuggestedValue(DependencyDescriptor descriptor) {
		Object value = this.values.value(descriptor);
		return (value != null) ? value : this.delegate.getSuggestedValue(descriptor);
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
		return new InjectedValuesResolver(this.delegate.cloneIfNecessary(), this.values);
	}

}
