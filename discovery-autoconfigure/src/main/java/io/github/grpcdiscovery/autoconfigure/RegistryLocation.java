package io.github.grpcdiscovery.autoconfigure;

import java.util.List;

import io.github.grpcdiscovery.HostAndPort;

/**
 * Where a registry is reached, so that the address which this machine has towards it can
 * be found. A bean of this type may accompany a {@link io.github.grpcdiscovery.Registry}
 * bean.
 *
 * @param registry name of the registry
 * @param endpoints its addresses; empty when it has none
 */
public record RegistryLocation(String registry, List<HostAndPort> endpoints) {

	/**
	 * Copies the list.
	 */
	public RegistryLocation {
		endpoints = List.copyOf(endpoints);
	}

	/**
	 * A registry that only processes of this machine share.
	 * @param registry name of the registry
	 * @return its location
	 */
	public static RegistryLocation thisMachine(String registry) {
		return new RegistryLocation(registry, List.of(new HostAndPort("127.0.0.1", 1)));
	}

}
