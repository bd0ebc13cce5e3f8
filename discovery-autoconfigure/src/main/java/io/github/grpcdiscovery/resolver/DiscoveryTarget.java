package io.github.grpcdiscovery.resolver;

import java.net.URI;

import io.github.grpcdiscovery.DiscoveryOptions;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;

/**
 * What a channel's target asks for, such as {@code discovery:///tag-service} or
 * {@code consul://10.0.0.1:8500/tag-service?tag=v1}.
 *
 * @param scheme which registry: {@code discovery} for the application's own choice, or
 * the name of a registry
 * @param service name of the service
 * @param options what stands beside the name
 */
public record DiscoveryTarget(String scheme, String service, DiscoveryOptions options) {

	/** The scheme that leaves the choice of the registry to the application. */
	public static final String ANY_REGISTRY = "discovery";

	/**
	 * A target that says nothing but the name.
	 * @param scheme which registry
	 * @param service name of the service
	 */
	public DiscoveryTarget(String scheme, String service) {
		this(scheme, service, DiscoveryOptions.NONE);
	}

	/**
	 * Reads a target. All of the path after its first slash is the name, slashes included
	 * and percent-decoded. Whether a registry knows its options is the registry's to say.
	 * @param target the channel's target
	 * @return what it asks for
	 * @throws InvalidTargetException naming the target and the form it should have
	 */
	public static DiscoveryTarget parse(URI target) {
		String scheme = String.valueOf(target.getScheme());
		String path = target.getPath();
		if (target.isOpaque() || path == null || path.length() < 2) {
			throw new InvalidTargetException(target, "the name of a service after " + scheme + ":///");
		}
		DiscoveryOptions options = TargetText.options(target);
		if (scheme.equals(ANY_REGISTRY) && !options.isEmpty()) {
			throw new InvalidTargetException(target,
					"discovery:///name alone, since it leaves the registry to the application; a registry's own scheme, such as consul:///name?tag=v1, has options");
		}
		if (path.indexOf(TargetText.UNREADABLE) >= 0) {
			throw new InvalidTargetException(target, "a name in UTF-8, percent-encoded");
		}
		try {
			return new DiscoveryTarget(scheme, ServiceInstance.requireServiceName(path.substring(1)), options);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidTargetException(target, String.valueOf(ex.getMessage()), ex);
		}
	}

	/**
	 * Follows services in a registry as this target asks for it.
	 * @param registry the registry that the target means
	 * @return the registry's discovery
	 * @throws InvalidTargetException if the registry has no such options, naming the
	 * option, its value and what is allowed
	 */
	public ServiceDiscovery in(Registry registry) {
		try {
			return registry.discovery(this.options);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidTargetException(this, String.valueOf(ex.getMessage()), ex);
		}
	}

	/**
	 * The target as a user writes it, without what may be a secret.
	 */
	@Override
	public String toString() {
		String authority = this.options.authority();
		return this.scheme + "://" + ((authority != null) ? authority : "") + "/" + TargetText.path(this.service)
				+ this.options.toQuery();
	}

}
