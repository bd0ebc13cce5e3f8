package io.github.grpcdiscovery.autoconfigure.netdevh;

import io.grpc.stub.AbstractStub;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory;
import net.devh.boot.grpc.client.inject.StubTransformer;
import net.devh.boot.grpc.client.nameresolver.NameResolverRegistration;
import net.devh.boot.grpc.client.stubfactory.StubFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;

import io.github.grpcdiscovery.spring.GrpcClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of what {@link GrpcClient} injects
 * on net.devh's client, and of when net.devh's own annotation does.
 */
@AutoConfiguration(afterName = "net.devh.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration")
@ConditionalOnClass({ GrpcChannelFactory.class, AbstractStub.class })
public final class NetDevhInjectionAutoConfiguration {

	// where both stacks have channels, Spring Boot's own comes first
	@Bean
	@Lazy
	@Order(2)
	NetDevhChannels discoveryNetDevhChannels(ObjectProvider<GrpcChannelFactory> factory,
			ObjectProvider<NameResolverRegistration> nameResolvers, ObjectProvider<StubFactory> stubFactories,
			ObjectProvider<StubTransformer> transformers) {
		return new NetDevhChannels(factory, nameResolvers, stubFactories, transformers);
	}

	@Bean
	@ConditionalOnBean(name = NetDevhInjection.EARLY_INJECTION)
	static NetDevhInjection discoveryNetDevhInjection(ApplicationContext context) {
		return new NetDevhInjection(context);
	}

	@Bean
	@ConditionalOnBean(name = NetDevhInjection.EARLY_INJECTION)
	static NetDevhInjection.Constructors discoveryNetDevhConstructors() {
		return new NetDevhInjection.Constructors();
	}

}
