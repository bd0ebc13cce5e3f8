package io.github.grpcdiscovery.autoconfigure.netdevh;

import java.util.List;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.stub.AbstractStub;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory;
import net.devh.boot.grpc.client.inject.StubTransformer;
import net.devh.boot.grpc.client.nameresolver.NameResolverRegistration;
import net.devh.boot.grpc.client.stubfactory.StubFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

import io.github.grpcdiscovery.autoconfigure.inject.ClientChannels;

/**
 * Channels of net.devh, which shares them by itself.
 */
final class NetDevhChannels implements ClientChannels {

	private final ObjectProvider<GrpcChannelFactory> factory;

	private final ObjectProvider<NameResolverRegistration> nameResolvers;

	private final ObjectProvider<StubFactory> stubFactories;

	private final ObjectProvider<StubTransformer> transformers;

	NetDevhChannels(ObjectProvider<GrpcChannelFactory> factory, ObjectProvider<NameResolverRegistration> nameResolvers,
			ObjectProvider<StubFactory> stubFactories, ObjectProvider<StubTransformer> transformers) {
		this.factory = factory;
		this.nameResolvers = nameResolvers;
		this.stubFactories = stubFactories;
		this.transformers = transformers;
	}

	@Override
	public boolean areThere() {
		return this.factory.stream().findAny().isPresent();
	}

	@Override
	public Channel channel(String name, List<ClientInterceptor> interceptors, boolean sort) {
		// once it is made, net.devh's own name resolvers are registered
		this.nameResolvers.getIfAvailable();
		return this.factory.getObject().createChannel(name, interceptors, sort);
	}

	@Override
	public @Nullable Object stub(Class<?> type, Channel channel) {
		Class<? extends AbstractStub<?>> stubType = stubType(type);
		return this.stubFactories.orderedStream()
			.filter((candidate) -> candidate.isApplicable(stubType))
			.findFirst()
			.map((found) -> found.createStub(stubType, channel))
			.orElse(null);
	}

	@Override
	public Object transform(String name, Object stub) {
		AbstractStub<?> transformed = (AbstractStub<?>) stub;
		for (StubTransformer transformer : this.transformers.orderedStream().toList()) {
			transformed = transformer.transform(name, transformed);
		}
		return transformed;
	}

	@SuppressWarnings("unchecked")
	private static Class<? extends AbstractStub<?>> stubType(Class<?> type) {
		return (Class<? extends AbstractStub<?>>) type.asSubclass(AbstractStub.class);
	}

}
