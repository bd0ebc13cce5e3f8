package io.github.grpcdiscovery;

/**
 * Puts instances into one registry and keeps them there.
 */
public interface ServiceRegistrar {

	/**
	 * The registry's name in properties and targets.
	 * @return such as {@code etcd}
	 */
	String registry();

	/**
	 * Prepares for a registration that will follow soon: connects to the registry and
	 * reads from it what the registration will need, but writes nothing. Returns at once,
	 * and keeps every error for the registration. A hint: a caller may register without
	 * it.
	 * @param instance what will be registered
	 */
	default void prepare(ServiceInstance instance) {
	}

	/**
	 * Starts to keep an instance registered and returns at once, also when the registry
	 * cannot be reached: it is tried again until the registration is closed.
	 * @param instance what to register
	 * @return the registration, to be closed when the instance leaves
	 * @throws IllegalArgumentException if this registry cannot hold such an instance
	 */
	Registration register(ServiceInstance instance);

}
