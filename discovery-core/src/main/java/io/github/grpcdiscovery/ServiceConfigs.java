package io.github.grpcdiscovery;

/**
 * Follows the service configs that a registry holds by push: gRPC's own, one for a
 * service. Any number of watches of one service share one query. Safe for use by any
 * thread.
 */
public interface ServiceConfigs {

	/**
	 * Starts to follow the service config of a service and returns at once. What is
	 * already known is handed over before this method returns, by the calling thread.
	 * @param service name of the service
	 * @param listener validates service configs, and hears of those that can be used
	 * @return closed to stop following; a hint to refresh has no effect
	 * @throws IllegalArgumentException if the name breaks the rule of
	 * {@link ServiceInstance#requireServiceName(String)}
	 */
	Subscription watch(String service, ServiceConfigListener listener);

}
