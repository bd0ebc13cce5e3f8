package io.github.grpcdiscovery.spi;

import java.util.Collection;
import java.util.Map;
import java.util.Set;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;

/**
 * What a registry holds of one service.
 *
 * @param instances those to be called, in any order
 * @param outOfService addresses of those that are registered and, as somebody has seen or
 * decided, not to be called: a probe failed, an operator took them out. That one of them
 * is missing is no loss. Empty where a registry knows no such thing
 * @param unreached addresses of those that are registered and not to be called for the
 * sole reason that the registry's own probe did not reach them. Empty where a registry
 * knows no such thing
 * @param unhealthy addresses of all that are registered and not to be called, each with
 * what the registry says about it, printable. Empty where a registry knows no such thing
 */
public record Listing(Collection<ServiceInstance> instances, Set<HostAndPort> outOfService, Set<HostAndPort> unreached,
		Map<HostAndPort, String> unhealthy) {

	/**
	 * All that there is.
	 * @param instances those to be called, in any order
	 * @return a listing in which nothing is out of service, unreached or unhealthy
	 */
	public static Listing of(Collection<ServiceInstance> instances) {
		return new Listing(instances, Set.of(), Set.of(), Map.of());
	}

}
