package io.github.grpcdiscovery.resolver;

import io.github.grpcdiscovery.ServiceDiscovery;

/**
 * Finds the registry that a target means.
 */
@FunctionalInterface
public interface Registries {

	/**
	 * The registry to follow for a target.
	 * @param target what a channel asks for
	 * @return the registry's discovery
	 * @throws IllegalArgumentException if there is no such registry, naming the target,
	 * the registries there are and how to configure one
	 */
	ServiceDiscovery forTarget(DiscoveryTarget target);

	/**
	 * One registry for every target.
	 * @param discovery the registry's discovery
	 * @return always that one
	 */
	static Registries only(ServiceDiscovery discovery) {
		return (target) -> discovery;
	}

}
