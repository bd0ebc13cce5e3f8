package io.github.grpcdiscovery.autoconfigure.inject;

import java.util.List;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * What one gRPC stack knows about channels and stubs.
 */
public interface ClientChannels {

	/**
	 * Whether this application has channels of this stack.
	 * @return {@code false} if the stack is switched off
	 */
	default boolean areThere() {
		return true;
	}

	/**
	 * Makes or finds a channel. The stack closes it.
	 * @param name name or target
	 * @param interceptors besides the global ones
	 * @param sort whether to sort them in among the global ones
	 * @return the channel
	 */
	Channel channel(String name, List<ClientInterceptor> interceptors, boolean sort);

	/**
	 * Makes a stub in a way that the stack was told by its user.
	 * @param type type of the stub
	 * @param channel a channel made here
	 * @return {@code null} if it was told nothing about such stubs
	 */
	@Nullable Object stub(Class<?> type, Channel channel);

	/**
	 * Lets the stack change a stub.
	 * @param name name that its channel was asked for by
	 * @param stub the stub
	 * @return the stub to inject
	 */
	default Object transform(String name, Object stub) {
		return stub;
	}

}
