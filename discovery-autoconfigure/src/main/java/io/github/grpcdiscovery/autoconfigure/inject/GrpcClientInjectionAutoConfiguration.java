package io.github.grpcdiscovery.autoconfigure.inject;

import io.grpc.stub.AbstractStub;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

import io.github.grpcdiscovery.spring.GrpcClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of {@link GrpcClient}, with or
 * without a registry, on the gRPC stack that has a channel factory; if both have, on
 * Spring Boot's own.
 */
@AutoConfiguration
@ConditionalOnClass(AbstractStub.class)
public final class GrpcClientInjectionAutoConfiguration {

	@Bean
	static GrpcClientBeanPostProcessor.Installer discoveryGrpcClientInstaller() {
		return new GrpcClientBeanPostProcessor.Installer();
	}

	@Bean
	static GrpcClientBeanPostProcessor discoveryGrpcClientBeanPostProcessor() {
		return new GrpcClientBeanPostProcessor();
	}

	// lazily: nobody asks for it where there is no @GrpcClient of ours
	@Bean
	@Lazy
	GrpcClientValues discoveryGrpcClientValues(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<ClientChannels> channels) {
		return new GrpcClientValues(beanFactory, channels);
	}

}
