package io.github.grpcdiscovery.autoconfigure.inject;

import java.lang.reflect.Constructor;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.PropertyValues;
import org.springframework.beans.factory.annotation.AutowiredAnnotationBeanPostProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.util.ConcurrentReferenceHashMap;

import io.github.grpcdiscovery.spring.GrpcClient;

/**
 * Injects fields and methods with {@link GrpcClient} as if they were autowired.
 */
final class GrpcClientBeanPostProcessor extends AutowiredAnnotationBeanPostProcessor {

	private final Map<Class<?>, Boolean> annotated = new ConcurrentReferenceHashMap<>();

	GrpcClientBeanPostProcessor() {
		setAutowiredAnnotationType(GrpcClient.class);
	}

	/**
	 * Left to Spring, which does not need this annotation to find a constructor.
	 */
	@Override
	public Constructor<?> @Nullable [] determineCandidateConstructors(Class<?> beanClass, String beanName) {
		return null;
	}

	@Override
	public void postProcessMergedBeanDefinition(RootBeanDefinition definition, Class<?> beanType, String beanName) {
		if (isOnMemberOf(beanType)) {
			super.postProcessMergedBeanDefinition(definition, beanType, beanName);
		}
	}

	@Override
	public PropertyValues postProcessProperties(PropertyValues values, Object bean, String beanName) {
		return isOnMemberOf(bean.getClass()) ? super.postProcessProperties(values, bean, beanName) : values;
	}

	/**
	 * Generates the injection only of what is injected without, too.
	 */
	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		return isOnMemberOf(bean.getBeanClass()) ? super.processAheadOfTime(bean) : null;
	}

	// a record has its components by its constructor, and final fields
	private boolean isOnMemberOf(Class<?> type) {
		return this.annotated.computeIfAbsent(type,
				(key) -> !key.isRecord() && GrpcClientAnnotations.isOnMemberOf(key));
	}

	/**
	 * Lets parameters with the annotation be resolved, those of constructors too.
	 */
	static final class Installer implements BeanFactoryPostProcessor {

		@Override
		public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
			if (beanFactory instanceof DefaultListableBeanFactory factory) {
				factory.setAutowireCandidateResolver(new InjectedValuesResolver(factory.getAutowireCandidateResolver(),
						new GrpcClientInjection(() -> factory.getBean(GrpcClientValues.class))));
			}
		}

	}

}
