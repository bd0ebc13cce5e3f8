package io.github.grpcdiscovery.autoconfigure.netdevh;

import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

import io.github.grpcdiscovery.resolver.DiscoveryTarget;

/**
 * Makes {@code @GrpcClient("name")} mean {@code discovery:///name}, unless the user chose
 * another {@code grpc.default-scheme}.
 */
final class DefaultSchemePostProcessor implements BeanPostProcessor, PriorityOrdered {

	// before net.devh's own post processor, which may create channels when it is created

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof GrpcChannelsProperties properties && properties.getDefaultScheme() == null) {
			properties.setDefaultScheme(DiscoveryTarget.ANY_REGISTRY);
		}
		return bean;
	}

}
