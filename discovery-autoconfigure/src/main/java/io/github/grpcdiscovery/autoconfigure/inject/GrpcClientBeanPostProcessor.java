package io.github.grpcdiscovery.autoconfigure.inject;

import java.lang.reflect.Constructor;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.PropertyValues;
import org.springframework.beans.factory.annotation.AutowiredAnnotationBeanPostProcessor;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

import io.github.grpcdiscovery.GrpcClient;

/**
 * Injects fields and methods with {@link GrpcClient} as if they were autowired.
 */
final class GrpcClientBeanPostProcessor extends AutowiredAnnotationBeanPostProcessor {

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

	/**
	 * A record has its components by its constructor, and final fields.
	 */
	@Override
	public PropertyValues postProcessProperties(PropertyValues values, Object bean, String beanName) {
		return bean.getClass().isRecord() ? values : super.postProcessProperties(values, bean, beanName);
	}

	/**
	 * Lets parameters with the annotation be resolved, those of constructors too.
	 */
	static final class Installer implements BeanFactoryPostProcessor {

		@Override
		public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
			if (beanFactory instanceof DefaultListableBeanFactory factory) {
				factory.setAutowireCandidateResolver(new GrpcClientCandidateResolver(
						factory.getAutowireCandidateResolver(), () -> factory.getBean(GrpcClientValues.class)));
			}
		}

	}

}
