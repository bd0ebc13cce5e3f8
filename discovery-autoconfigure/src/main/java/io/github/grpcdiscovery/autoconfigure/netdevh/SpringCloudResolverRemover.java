package io.github.grpcdiscovery.autoconfigure.netdevh;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;

/**
 * Removes net.devh's resolver for Spring Cloud, which also wants to be the one for
 * {@code discovery:///name} and would win.
 */
final class SpringCloudResolverRemover implements BeanFactoryPostProcessor {

	static final String BEAN_NAME = "grpcDiscoveryClientResolverFactory";

	private static final Logger logger = LoggerFactory.getLogger(SpringCloudResolverRemover.class);

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		if (beanFactory instanceof BeanDefinitionRegistry registry && registry.containsBeanDefinition(BEAN_NAME)) {
			registry.removeBeanDefinition(BEAN_NAME);
			logger.info("Targets 'discovery:///name' are looked up in the registry of grpc.discovery, and not in "
					+ "Spring Cloud's DiscoveryClient. For the latter, set grpc.discovery.client.enabled=false.");
		}
	}

}
