package io.github.grpcdiscovery.autoconfigure.inject;

import io.grpc.Channel;
import io.grpc.stub.AbstractStub;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.util.StringUtils;

import io.github.grpcdiscovery.spring.GrpcClient;

/**
 * What to inject where {@link GrpcClient} is. Safe for use by any thread.
 */
final class GrpcClientValues {

	private final ConfigurableBeanFactory beans;

	private final ObjectProvider<ClientChannels> channels;

	private final GrpcClientInterceptors interceptors;

	GrpcClientValues(ConfigurableBeanFactory beans, ObjectProvider<ClientChannels> channels) {
		this.beans = beans;
		this.channels = channels;
		this.interceptors = new GrpcClientInterceptors(beans);
	}

	/**
	 * The stub or channel to inject.
	 * @param client what is asked for
	 * @param type type of the field or parameter
	 * @param place where it is, for errors
	 * @return a stub or channel of that type
	 */
	Object value(GrpcClient client, Class<?> type, InjectionPointDescription place) {
		if (type != Channel.class && !AbstractStub.class.isAssignableFrom(type)) {
			throw place.error("type", type.getName(), "io.grpc.Channel or a stub made by the gRPC compiler");
		}
		String name = this.beans.resolveEmbeddedValue(client.value());
		if (!StringUtils.hasText(name)) {
			throw place.error("value", name, "the name of a service or of a channel");
		}
		ClientChannels stack = stack(place);
		Channel channel = stack.channel(name, this.interceptors.of(client, place), client.sortInterceptors());
		return (type != Channel.class) ? stub(stack, name, type, channel, place) : channel;
	}

	private ClientChannels stack(InjectionPointDescription place) {
		return this.channels.orderedStream()
			.filter(ClientChannels::areThere)
			.findFirst()
			.orElseThrow(() -> place.error("there is no gRPC client in this application.",
					"Add spring-boot-starter-grpc-client, which discovery-spring-grpc-spring-boot-starter brings, "
							+ "and do not set spring.grpc.client.enabled=false."));
	}

	private static Object stub(ClientChannels stack, String name, Class<?> type, Channel channel,
			InjectionPointDescription place) {
		@Nullable Object stub = stack.stub(type, channel);
		if (stub == null) {
			stub = GeneratedStubs.create(type, channel);
		}
		if (stub == null) {
			throw place.error("type", type.getName(),
					"a stub with a factory method in the class around it, a constructor that takes a Channel, or a StubFactory bean that makes it");
		}
		return stack.transform(name, stub);
	}

}
