package io.github.grpcdiscovery.autoconfigure.springgrpc;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import io.github.grpcdiscovery.autoconfigure.server.OwnBeans;
import io.github.grpcdiscovery.autoconfigure.server.ServerEvents;
import io.github.grpcdiscovery.autoconfigure.server.ServerRegistrationAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.server.ServingStatus;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that registers the server of Spring
 * Boot's own gRPC.
 */
@AutoConfiguration(after = ServerRegistrationAutoConfiguration.class)
@ConditionalOnClass(GrpcServerLifecycle.class)
@ConditionalOnBean(name = ServerEvents.BEAN_NAME)
public final class SpringGrpcServerAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(SpringGrpcServerAutoConfiguration.class);

	@Bean
	SpringGrpcServerListener springGrpcServerListener(ServerEvents grpcServerEvents,
			ConfigurableListableBeanFactory beanFactory) {
		return new SpringGrpcServerListener(grpcServerEvents, new OwnBeans(beanFactory));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "org.springframework.boot.grpc.server.health.HealthCheckedGrpcComponents")
	static class HealthConfiguration {

		@Bean
		static LeavingHealthPostProcessor leavingGrpcHealthPostProcessor(ObjectProvider<ServingStatus> servingStatus) {
			return new LeavingHealthPostProcessor(servingStatus);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(type = "org.springframework.boot.grpc.server.GrpcServletRegistration")
	static class ServletConfiguration {

		ServletConfiguration() {
			logger.warn("The gRPC services inside the web server are not registered: only a gRPC server with a port "
					+ "of its own is. To have one, set spring.grpc.server.servlet.enabled=false");
		}

	}

}
