package io.github.grpcdiscovery.autoconfigure.inject;

import io.grpc.stub.AbstractStub;
import net.devh.boot.grpc.client.inject.StubTransformer;
import net.devh.boot.grpc.client.nameresolver.NameResolverRegistration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.StubFactory;

import io.github.grpcdiscovery.spring.GrpcClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of {@link GrpcClient}, with or
 * without a registry, on the gRPC stack that has a channel factory; if both have, on
 * Spring Boot's own.
 */
@AutoConfiguration(afterName = { "org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration",
		"org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration",
		"net.devh.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration" })
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

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(GrpcChannelFactory.class)
	@ConditionalOnBean(GrpcChannelFactory.class)
	static class SpringGrpcConfiguration {

		@Bean
		@Lazy
		@Order(1)
		SpringGrpcChannels discoverySpringGrpcChannels(ObjectProvider<GrpcChannelFactory> factory,
				ObjectProvider<StubFactory<?>> stubFactories) {
			return new SpringGrpcChannels(factory, stubFactories);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory.class)
	@ConditionalOnBean(net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory.class)
	static class NetDevhConfiguration {

		@Bean
		@Lazy
		@Order(2)
		NetDevhChannels discoveryNetDevhChannels(
				ObjectProvider<net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory> factory,
				ObjectProvider<NameResolverRegistration> nameResolvers,
				ObjectProvider<net.devh.boot.grpc.client.stubfactory.StubFactory> stubFactories,
				ObjectProvider<StubTransformer> transformers) {
			return new NetDevhChannels(factory, nameResolvers, stubFactories, transformers);
		}

	}

	/** For net.devh's own annotation. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(net.devh.boot.grpc.client.inject.GrpcClientBeanPostProcessor.class)
	@ConditionalOnBean(name = NetDevhInjection.EARLY_INJECTION)
	static class NetDevhAnnotationConfiguration {

		@Bean
		static NetDevhInjection discoveryNetDevhInjection(ApplicationContext context) {
			return new NetDevhInjection(context);
		}

		@Bean
		static NetDevhInjection.Constructors discoveryNetDevhConstructors() {
			return new NetDevhInjection.Constructors();
		}

	}

}
