package io.github.grpcdiscovery.autoconfigure.netdevh;

import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;

import net.devh.boot.grpc.client.inject.GrpcClient;
import net.devh.boot.grpc.client.inject.GrpcClientBeanPostProcessor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.core.MethodParameter;
import org.springframework.util.function.SingletonSupplier;

import io.github.grpcdiscovery.autoconfigure.inject.InjectedValues;
import io.github.grpcdiscovery.autoconfigure.inject.InjectedValuesResolver;

/**
 * Injects what net.devh's own annotation asks for on parameters, when the constructor or
 * factory method is called. net.devh does it while bean post processors are still being
 * collected, so that the channel, its interceptors and the application's meter registry
 * are not seen by all of them, of which Spring warns once a bean. On fields and methods
 * the annotation is left to net.devh.
 */
final class NetDevhInjection implements InjectedValues, BeanDefinitionRegistryPostProcessor {

	static final String EARLY_INJECTION = "grpcClientConstructorInjectBeanFactoryPostProcessor";

	private final SingletonSupplier<Values> values;

	NetDevhInjection(ApplicationContext context) {
		this.values = SingletonSupplier.of(() -> new Values(context));
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		if (registry.containsBeanDefinition(EARLY_INJECTION)) {
			registry.removeBeanDefinition(EARLY_INJECTION);
		}
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		if (beanFactory instanceof DefaultListableBeanFactory factory) {
			factory
				.setAutowireCandidateResolver(new InjectedValuesResolver(factory.getAutowireCandidateResolver(), this));
		}
	}

	@Override
	public @Nullable Object value(DependencyDescriptor descriptor) {
		MethodParameter parameter = descriptor.getMethodParameter();
		GrpcClient client = (parameter != null) ? parameter.getParameterAnnotation(GrpcClient.class) : null;
		return (client != null) ? this.values.obtain().value(descriptor.getDependencyType(), client) : null;
	}

	/**
	 * Chooses the constructor with the annotation where a class has several, as net.devh
	 * does.
	 */
	static final class Constructors implements SmartInstantiationAwareBeanPostProcessor {

		@Override
		public Constructor<?> @Nullable [] determineCandidateConstructors(Class<?> beanClass, String beanName) {
			Constructor<?>[] all = beanClass.getDeclaredConstructors();
			List<Constructor<?>> annotated = (all.length > 1)
					? Arrays.stream(all).filter(Constructors::isAnnotated).toList() : List.of();
			return (annotated.size() == 1) ? annotated.toArray(Constructor<?>[]::new) : null;
		}

		private static boolean isAnnotated(Constructor<?> constructor) {
			return Arrays.stream(constructor.getParameters())
				.anyMatch((parameter) -> parameter.isAnnotationPresent(GrpcClient.class));
		}

	}

	/** net.devh's own way to make a value. Not a bean, and so no post processor. */
	private static final class Values extends GrpcClientBeanPostProcessor {

		Values(ApplicationContext context) {
			super(context);
		}

		Object value(Class<?> type, GrpcClient client) {
			return processInjectionPoint(null, type, client);
		}

	}

}
