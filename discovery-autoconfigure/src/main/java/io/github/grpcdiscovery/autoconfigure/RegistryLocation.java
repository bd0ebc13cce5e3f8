package io.github.grpcdiscovery.autoconfigure;

import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;

/**
 * Where a registry is reached, so that the address which this machine has towards it can
 * be found. A bean of this type may accompany a {@link io.github.grpcdiscovery.Registry}
 * bean.
 *
 * @param registry name of the registry
 * @param endpoints its addresses; empty when it has none
 * @param nodeAddress asks the registry's process which IP address its machine has for
 * others; {@code null} if it cannot say. Called only where the registry is on this
 * machine, once a start of the server, and may block for a second or two
 */
public record RegistryLocation(String registry, List<HostAndPort> endpoints, Supplier<@Nullable String> nodeAddress) {

	private static final Supplier<@Nullable String> UNKNOWN = () -> null;

	private static final Supplier<@Nullable String> LOOPBACK = () -> "127.0.0.1";

	/**
	 * Copies the list.
	 */
	public RegistryLocation {
		endpoints = List.copyOf(endpoints);
	}

	/**
	 * A registry that does not know its machine's address.
	 * @param registry name of the registry
	 * @param endpoints its addresses; empty when it has none
	 */
	public RegistryLocation(String registry, List<HostAndPort> endpoints) {
		this(registry, endpoints, UNKNOWN);
	}

	/**
	 * A registry that only processes of this machine share.
	 * @param registry name of the registry
	 * @return its location
	 */
	public static RegistryLocation thisMachine(String registry) {
		return new RegistryLocation(registry, List.of(new HostAndPort("127.0.0.1", 1)), LOOPBACK);
	}

}
