package io.github.grpcdiscovery.resolver;

import io.github.grpcdiscovery.Registry;
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
	 * One registry for every target, with the options that it has.
	 * @param registry the registry
	 * @return its discovery for each target
	 */
	static Registries only(Registry registry) {
		return (target) -> target.in(registry);
	}

	/**
	 * One discovery for every target, which has no options then.
	 * @param discovery the registry's discovery
	 * @return always that one
	 */
	static Registries only(ServiceDiscovery discovery) {
		return (target) -> {
			try {
				target.options().requireNone(discovery.registry());
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidTargetException(target, ex);
			}
			return discovery;
		};
	}

}
