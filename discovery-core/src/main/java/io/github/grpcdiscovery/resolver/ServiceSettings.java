package io.github.grpcdiscovery.resolver;

/**
 * Says how the calls to each service are balanced.
 */
@FunctionalInterface
public interface ServiceSettings {

	/**
	 * The settings for a service. Called when a channel begins to follow it, by any
	 * thread.
	 * @param service its name
	 * @return the settings
	 */
	BalancingSettings forService(String service);

	/**
	 * The same settings for every service.
	 * @param settings the settings
	 * @return always these
	 */
	static ServiceSettings same(BalancingSettings settings) {
		return (service) -> settings;
	}

}
