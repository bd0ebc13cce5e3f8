package io.github.grpcdiscovery.autoconfigure.springgrpc;

import io.grpc.stub.AbstractStub;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.StubFactory;

import io.github.grpcdiscovery.spring.GrpcClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of what {@link GrpcClient} injects
 * on Spring Boot's own gRPC client.
 */
@AutoConfiguration(afterName = { "org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration",
		"org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration" })
@ConditionalOnClass({ GrpcChannelFactory.class, AbstractStub.class })
@ConditionalOnBean(GrpcChannelFactory.class)
public final class SpringGrpcInjectionAutoConfiguration {

	// where both stacks have channels, this one comes first
	@Bean
	@Lazy
	@Order(1)
	SpringGrpcChannels discoverySpringGrpcChannels(ObjectProvider<GrpcChannelFactory> factory,
			ObjectProvider<StubFactory<?>> stubFactories) {
		return new SpringGrpcChannels(factory, stubFactories);
	}

}
