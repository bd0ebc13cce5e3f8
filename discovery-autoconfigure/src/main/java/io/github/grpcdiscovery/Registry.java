package io.github.grpcdiscovery;

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
	 * Ends every watch, deregisters what is still registered, at most two seconds, and
	 * releases connections and threads. Any number of times.
	 */
	@Override
	void close();

}
