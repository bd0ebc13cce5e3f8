package io.github.grpcdiscovery.autoconfigure;

import java.util.Map;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Lets the post processors of the meter and observation registries see those registries
 * also when they are made early. A channel that net.devh injects into a constructor is
 * made while bean post processors are still being collected; so are its interceptors, and
 * with them the application's one meter registry, which would then lack its filters and
 * binders.
 */
final class EarlyObservationPostProcessors implements BeanFactoryPostProcessor {

	private static final Map<String, String> TYPES = Map.of("meterRegistryPostProcessor",
			"io.micrometer.core.instrument.MeterRegistry", "observationRegistryPostProcessor",
			"io.micrometer.observation.ObservationRegistry");

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		TYPES.forEach((name, type) -> {
			ClassLoader classLoader = beanFactory.getBeanClassLoader();
			if (ClassUtils.isPresent(type, classLoader) && beanFactory.containsBeanDefinition(name)
					&& beanFactory.isTypeMatch(name, BeanPostProcessor.class)
					&& beanFactory instanceof AbstractBeanFactory factory) {
				// a stand-in, not the bean: Spring counts the post processors that are
				// beans
				factory
					.addBeanPostProcessor(new StandIn(factory, name, ClassUtils.resolveClassName(type, classLoader)));
			}
		});
	}

	/**
	 * Acts for a post processor until it is in place itself.
	 */
	private record StandIn(AbstractBeanFactory factory, String name, Class<?> type) implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (!this.type.isInstance(bean)) {
				return bean;
			}
			BeanPostProcessor processor = this.factory.getBean(this.name, BeanPostProcessor.class);
			if (this.factory.getBeanPostProcessors().contains(processor)) {
				return bean;
			}
			Object result = processor.postProcessAfterInitialization(bean, beanName);
			return (result != null) ? result : bean;
		}

	}

}
