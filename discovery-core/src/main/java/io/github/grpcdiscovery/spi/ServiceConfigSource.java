package io.github.grpcdiscovery.spi;

/**
 * How one registry reads the service config of a service and follows its changes.
 */
@FunctionalInterface
public interface ServiceConfigSource {

	/**
	 * One try to read a service config and to stay in contact. It hands over what the
	 * registry holds first, reports itself active, and then hands over changes; anything
	 * unexpected fails it, and the next one reads again. A
	 * {@link io.github.grpcdiscovery.RegistryAccessException} says that the registry
	 * refuses to show it.
	 * @param service name of the service
	 * @param sink takes what the registry holds
	 * @return a new attempt
	 */
	Attempt attempt(String service, ServiceConfigSink sink);

}
