package io.github.grpcdiscovery.autoconfigure.netdevh;

import net.devh.boot.grpc.server.serverfactory.GrpcServerLifecycle;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import io.github.grpcdiscovery.autoconfigure.server.OwnBeans;
import io.github.grpcdiscovery.autoconfigure.server.ServerEvents;
import io.github.grpcdiscovery.autoconfigure.server.ServerRegistrationAutoConfiguration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that registers net.devh's server.
 */
@AutoConfiguration(after = ServerRegistrationAutoConfiguration.class)
@ConditionalOnClass(GrpcServerLifecycle.class)
@ConditionalOnBean(name = ServerEvents.BEAN_NAME)
public final class NetDevhServerAutoConfiguration {

	@Bean
	NetDevhServerListener netDevhServerListener(ServerEvents grpcServerEvents,
			ConfigurableListableBeanFactory beanFactory) {
		return new NetDevhServerListener(grpcServerEvents, new OwnBeans(beanFactory));
	}

}
