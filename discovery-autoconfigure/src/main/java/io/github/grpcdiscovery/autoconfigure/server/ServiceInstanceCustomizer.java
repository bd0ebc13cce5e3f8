package io.github.grpcdiscovery.autoconfigure.server;

import io.github.grpcdiscovery.ServiceInstance;

/**
 * Changes what this application registers, for what properties cannot say. All beans of
 * this type are applied in order, each time the server starts.
 */
@FunctionalInterface
public interface ServiceInstanceCustomizer {

	/**
	 * Changes an instance.
	 * @param instance as it would be registered
	 * @return what to register instead
	 */
	ServiceInstance customize(ServiceInstance instance);

}
