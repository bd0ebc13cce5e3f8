package io.github.grpcdiscovery.autoconfigure.server;

import java.util.Arrays;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Tells the beans of one application context from those of its child contexts, whose
 * events are published in it, too.
 */
public final class OwnBeans {

	private final ConfigurableListableBeanFactory beanFactory;

	/**
	 * Creates it.
	 * @param beanFactory of the context
	 */
	public OwnBeans(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Whether a bean belongs to this context itself.
	 * @param bean any object
	 * @return {@code false} for beans of other contexts
	 */
	public boolean contains(Object bean) {
		return Arrays.stream(this.beanFactory.getBeanNamesForType(bean.getClass(), true, false))
			.anyMatch((name) -> this.beanFactory.getSingleton(name) == bean);
	}

}
