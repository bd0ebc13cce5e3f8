package io.github.grpcdiscovery;

import java.util.List;
import java.util.Map;

/**
 * Told about the instances of one service. Its methods are never called at the same time,
 * must not block and must not throw.
 */
public interface InstancesListener {

	/**
	 * The list is this from now on. Called only when it differs from the one before.
	 * @param instances immutable, sorted by address, each address once; empty when the
	 * registry has none, as far as is known
	 */
	void onInstances(List<ServiceInstance> instances);

	/**
	 * The registry has these instances too, and they are not to be called: from now on
	 * this is why a list is short or empty. Called before the list that it belongs to,
	 * and only when it differs from the one before; at first there are none.
	 * @param unhealthy immutable, sorted by address, each with what the registry says
	 * about it, printable
	 */
	default void onUnhealthy(Map<HostAndPort, String> unhealthy) {
	}

	/**
	 * The registry cannot be read and there is no list from before. Not called once there
	 * is a list: the last known good one stays.
	 * @param cause why
	 */
	default void onUnavailable(RegistryException cause) {
	}

}
