package io.github.grpcdiscovery;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Hears of the service config that a registry holds for one service. Its methods must not
 * block and must not throw. The last two are never called at the same time.
 */
public interface ServiceConfigListener {

	/**
	 * Validates a service config before anybody uses it. Any thread.
	 * @param config as gRPC's parser takes it; anybody who may write to the registry may
	 * have written it
	 * @return why it cannot be used; {@code null} if it can
	 */
	@Nullable String reasonToRefuse(Map<String, ?> config);

	/**
	 * The service config is this from now on.
	 * @param config unmodifiable, and not refused; {@code null} if the registry has none
	 */
	void onServiceConfig(@Nullable Map<String, ?> config);

	/**
	 * The registry cannot be read, and there is no service config from before. Not called
	 * once there is one: the last good one stays.
	 * @param cause why
	 */
	default void onUnavailable(RegistryException cause) {
	}

}
