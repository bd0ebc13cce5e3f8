package io.github.grpcdiscovery.autoconfigure.inject;

import java.util.ArrayList;
import java.util.List;

import io.grpc.ClientInterceptor;
import org.springframework.beans.BeanInstantiationException;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;

import io.github.grpcdiscovery.spring.GrpcClient;

/**
 * Finds or makes the interceptors that an annotation names.
 */
final class GrpcClientInterceptors {

	private final BeanFactory beans;

	GrpcClientInterceptors(BeanFactory beans) {
		this.beans = beans;
	}

	/**
	 * The interceptors in the order of the annotation, those by type first.
	 * @param client the annotation
	 * @param place where it is, for errors
	 * @return the interceptors
	 */
	List<ClientInterceptor> of(GrpcClient client, InjectionPointDescription place) {
		List<ClientInterceptor> interceptors = new ArrayList<>();
		for (Class<?> type : client.interceptors()) {
			if (!ClientInterceptor.class.isAssignableFrom(type)) {
				throw place.error("interceptors", type.getName(), "types of io.grpc.ClientInterceptor");
			}
			interceptors.add(byType(type.asSubclass(ClientInterceptor.class), place));
		}
		for (String name : client.interceptorNames()) {
			interceptors.add(byName(name, place));
		}
		return interceptors;
	}

	private ClientInterceptor byType(Class<? extends ClientInterceptor> type, InjectionPointDescription place) {
		try {
			ClientInterceptor bean = this.beans.getBeanProvider(type).getIfAvailable();
			return (bean != null) ? bean : BeanUtils.instantiateClass(type);
		}
		catch (NoUniqueBeanDefinitionException ex) {
			throw place.error("interceptors", type.getName(),
					"a type with one bean or none; name the beans meant in interceptorNames");
		}
		catch (BeanInstantiationException ex) {
			throw place.error("interceptors", type.getName(),
					"a bean of that type, or a constructor without parameters");
		}
	}

	private ClientInterceptor byName(String name, InjectionPointDescription place) {
		try {
			return this.beans.getBean(name, ClientInterceptor.class);
		}
		catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException ex) {
			throw place.error("interceptorNames", name, "names of beans that are an io.grpc.ClientInterceptor");
		}
	}

}
