package io.github.grpcdiscovery.consul;

import java.util.Locale;
import java.util.regex.Pattern;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.util.Hash;

/**
 * What an instance is called in Consul: unique on an agent, whatever the service, stable
 * over a restart, and fit to be part of a URL's path as it stands.
 */
final class ConsulIds {

	private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9._-]");

	// an agent takes two ids for one that differ in case only
	private static final Pattern UNSAFE_IN_NAME = Pattern.compile("[^a-z0-9.-]");

	// never part of the name before it, so where that ends is never in doubt
	private static final String NAME_END = "_";

	private ConsulIds() {
	}

	/**
	 * The id of an instance.
	 * @param instance what is registered
	 * @return such as {@code orders-10.0.0.1-9090}, or {@code orders_v2-1} where the id
	 * was given by hand
	 */
	static String of(ServiceInstance instance) {
		if (instance.id().equals(instance.address().toString())) {
			return ofAddress(instance.service(), instance.address());
		}
		String id = instance.id();
		String safe = UNSAFE.matcher(id).replaceAll("-");
		return name(instance.service()) + NAME_END + (safe.equals(id) ? id : safe + "-" + hash(id));
	}

	/**
	 * The id of an instance that is called by its address.
	 */
	static String ofAddress(String service, HostAndPort address) {
		return name(service) + "-" + UNSAFE.matcher(address.host()).replaceAll("-") + "-" + address.port();
	}

	private static String name(String service) {
		String safe = UNSAFE_IN_NAME.matcher(service.toLowerCase(Locale.ROOT)).replaceAll("-");
		return safe.equals(service) ? service : safe + "-" + hash(service);
	}

	/**
	 * The id of an instance's check.
	 * @param id id of the instance
	 */
	static String check(String id) {
		return "service:" + id;
	}

	// two texts that differ in unsafe characters only must not become one
	private static String hash(String id) {
		return Hash.of(id, 4);
	}

}
