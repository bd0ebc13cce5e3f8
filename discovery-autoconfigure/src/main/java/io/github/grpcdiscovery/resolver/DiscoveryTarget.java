package io.github.grpcdiscovery.resolver;

import java.net.URI;

import io.github.grpcdiscovery.ServiceInstance;

/**
 * What a channel's target asks for, such as {@code discovery:///tag-service}.
 *
 * @param scheme which registry: {@code discovery} for the application's own choice, or
 * the name of a registry
 * @param service name of the service
 */
public record DiscoveryTarget(String scheme, String service) {

	/** The scheme that leaves the choice of the registry to the application. */
	public static final String ANY_REGISTRY = "discovery";

	/**
	 * Reads a target.
	 * @param target the channel's target
	 * @return what it asks for
	 * @throws InvalidTargetException naming the target and the form it should have
	 */
	public static DiscoveryTarget parse(URI target) {
		String scheme = String.valueOf(target.getScheme());
		String path = target.getRawPath();
		if (target.isOpaque() || path == null || path.length() < 2 || path.indexOf('/', 1) >= 0) {
			throw new InvalidTargetException(target, "the name of a service after " + scheme + ":///");
		}
		if (target.getRawAuthority() != null) {
			throw new InvalidTargetException(target, "three slashes: the registry's address is a matter of properties");
		}
		if (target.getRawQuery() != null || target.getRawFragment() != null) {
			throw new InvalidTargetException(target, "no query and no fragment");
		}
		try {
			return new DiscoveryTarget(scheme, ServiceInstance.requireServiceName(path.substring(1)));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidTargetException(target, String.valueOf(ex.getMessage()), ex);
		}
	}

	/**
	 * The target as a user writes it.
	 */
	@Override
	public String toString() {
		return this.scheme + ":///" + this.service;
	}

}
