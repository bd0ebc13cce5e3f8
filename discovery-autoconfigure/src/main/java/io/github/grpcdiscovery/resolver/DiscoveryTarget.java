package io.github.grpcdiscovery.resolver;

import java.net.URI;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.Printable;
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
	 * @throws IllegalArgumentException naming the target and the form it should have
	 */
	public static DiscoveryTarget parse(URI target) {
		String scheme = String.valueOf(target.getScheme());
		String path = target.getRawPath();
		if (target.isOpaque() || path == null || path.length() < 2 || path.indexOf('/', 1) >= 0) {
			throw invalid(target, "the name of a service after " + scheme + ":///", null);
		}
		if (target.getRawAuthority() != null) {
			throw invalid(target, "three slashes: the registry's address is a matter of properties", null);
		}
		if (target.getRawQuery() != null || target.getRawFragment() != null) {
			throw invalid(target, "no query and no fragment", null);
		}
		try {
			return new DiscoveryTarget(scheme, ServiceInstance.requireServiceName(path.substring(1)));
		}
		catch (IllegalArgumentException ex) {
			throw invalid(target, String.valueOf(ex.getMessage()), ex);
		}
	}

	private static IllegalArgumentException invalid(URI target, String rule, @Nullable Throwable cause) {
		return new IllegalArgumentException("target: '%s' (expected: %s)".formatted(Printable.of(target), rule), cause);
	}

	/**
	 * The target as a user writes it.
	 */
	@Override
	public String toString() {
		return this.scheme + ":///" + this.service;
	}

}
