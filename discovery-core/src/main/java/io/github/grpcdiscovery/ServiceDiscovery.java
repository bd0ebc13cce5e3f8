package io.github.grpcdiscovery;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Follows services in one registry by push. Any number of watches of one service share
 * one connection.
 */
public interface ServiceDiscovery {

	/**
	 * The registry's name in properties and targets.
	 * @return such as {@code etcd}
	 */
	String registry();

	/**
	 * The registry as a person would name it, without secrets.
	 * @return such as {@code etcd (http://127.0.0.1:2379)}
	 */
	String description();

	/**
	 * Starts to follow a service and returns at once. A list that is already known is
	 * handed over before this method returns, by the calling thread.
	 * @param service name of the service
	 * @param listener gets every change
	 * @return closed to stop following
	 * @throws IllegalArgumentException if the name breaks the rule of
	 * {@link ServiceInstance#requireServiceName(String)}
	 */
	Subscription watch(String service, InstancesListener listener);

	/**
	 * The services that are being followed, from memory.
	 * @return an immutable copy, sorted by service
	 */
	List<WatchStatus> watches();

	/**
	 * Where the service configs of services are followed.
	 * @return always the same; {@code null} if this registry has none
	 */
	default @Nullable ServiceConfigs serviceConfigs() {
		return null;
	}

}
