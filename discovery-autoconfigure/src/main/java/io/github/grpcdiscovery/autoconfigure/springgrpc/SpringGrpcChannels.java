package io.github.grpcdiscovery.autoconfigure.springgrpc;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.ResolvableType;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.StubFactory;
import org.springframework.util.ReflectionUtils;

import io.github.grpcdiscovery.autoconfigure.inject.ClientChannels;

/**
 * Channels of Spring Boot's own gRPC. Safe for use by any thread.
 */
final class SpringGrpcChannels implements ClientChannels {

	private final ObjectProvider<GrpcChannelFactory> factory;

	private final ObjectProvider<StubFactory<?>> stubFactories;

	private final Map<Key, ManagedChannel> channels = new ConcurrentHashMap<>();

	SpringGrpcChannels(ObjectProvider<GrpcChannelFactory> factory, ObjectProvider<StubFactory<?>> stubFactories) {
		this.factory = factory;
		this.stubFactories = stubFactories;
	}

	@Override
	public Channel channel(String name, List<ClientInterceptor> interceptors, boolean sort) {
		Key key = new Key(name, List.copyOf(interceptors), sort);
		ManagedChannel known = this.channels.get(key);
		if (known != null) {
			return known;
		}
		// not under a lock of ours: the factory may make beans, and a bean channels
		ManagedChannel made = this.factory.getObject()
			.createChannel(name,
					ChannelBuilderOptions.defaults().withInterceptors(key.interceptors()).withInterceptorsMerge(sort));
		ManagedChannel other = this.channels.putIfAbsent(key, made);
		return (other != null) ? other : made;
	}

	/**
	 * Names the channels that were asked for.
	 * @param action gets each with the name that it was asked for by
	 */
	void forEach(BiConsumer<String, Channel> action) {
		this.channels.forEach((key, channel) -> action.accept(key.name(), channel));
	}

	@Override
	public @Nullable Object stub(Class<?> type, Channel channel) {
		return this.stubFactories.orderedStream()
			.filter((candidate) -> supports(candidate, type))
			.findFirst()
			.map((found) -> create(found, type, (ManagedChannel) channel))
			.orElse(null);
	}

	/**
	 * By the convention of Spring gRPC: a factory may have a static method that tells.
	 */
	private static boolean supports(StubFactory<?> factory, Class<?> type) {
		Method supports = ReflectionUtils.findMethod(factory.getClass(), "supports", Class.class);
		if (supports != null) {
			ReflectionUtils.makeAccessible(supports);
			return Boolean.TRUE.equals(ReflectionUtils.invokeMethod(supports, factory, type));
		}
		return ResolvableType.forInstance(factory).as(StubFactory.class).getGeneric().toClass().isAssignableFrom(type);
	}

	@SuppressWarnings({ "rawtypes", "unchecked" })
	private static Object create(StubFactory factory, Class<?> type, ManagedChannel channel) {
		return factory.create(() -> channel, type);
	}

	private record Key(String name, List<ClientInterceptor> interceptors, boolean sort) {
	}

}
