package io.github.grpcdiscovery;

import java.util.List;

/**
 * One registry as this application uses it: the connection, what is registered through it
 * and what is followed. Safe for use by any thread.
 */
public interface Registry extends AutoCloseable {

	/**
	 * The registry's name in properties and targets.
	 * @return such as {@code etcd}
	 */
	String name();

	/**
	 * The registry as a person would name it, without secrets.
	 * @return such as {@code etcd (http://127.0.0.1:2379)}
	 */
	String description();

	/**
	 * Where instances are registered.
	 * @return always the same
	 */
	ServiceRegistrar registrar();

	/**
	 * Where services are followed.
	 * @return always the same
	 */
	ServiceDiscovery discovery();

	/**
	 * Where services are followed as a target asks for it, such as
	 * {@code consul:///orders?tag=v1}. Connects to nothing yet.
	 * @param options what the target says beside the name
	 * @return the same for options that mean the same, so that channels share what they
	 * follow; it ends with this registry
	 * @throws IllegalArgumentException if the registry has no such options or a value
	 * breaks its rule, naming the option, its value and what is allowed
	 */
	default ServiceDiscovery discovery(DiscoveryOptions options) {
		options.requireNone(name());
		return discovery();
	}

	/**
	 * The services that are being followed, whatever the options, from memory.
	 * @return an immutable copy
	 */
	default List<WatchStatus> watches() {
		return discovery().watches();
	}

	/**
	 * Ends every watch, deregisters what is still registered, at most two seconds, and
	 * releases connections and threads. Any number of times.
	 */
	@Override
	void close();

}
