package io.github.grpcdiscovery.resolver;

import java.net.URI;
import java.util.Set;
import java.util.regex.Pattern;

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

	private static final Set<String> SCHEMES = Set.of(ANY_REGISTRY, "consul", "etcd", "local");

	private static final Pattern OTHER_TARGET = Pattern.compile("/+[A-Za-z][A-Za-z0-9+.-]*:/.*");

	/**
	 * A target that says nothing but the name.
	 * @param scheme which registry
	 * @param service name of the service
	 */
	public DiscoveryTarget(String scheme, String service) {
		this(scheme, service, DiscoveryOptions.NONE);
	}

	/**
	 * Whether a target is one that is looked up in a registry.
	 * @param target any target of a channel
	 * @return {@code false} for other schemes, and for addresses without one
	 */
	public static boolean isOne(String target) {
		int colon = target.indexOf(':');
		return colon > 0 && SCHEMES.contains(target.substring(0, colon));
	}

	/**
	 * Reads a target. All of the path after its first slash is the name, slashes included
	 * and percent-decoded. Whether a registry knows its options is the registry's to say.
	 * @param target the channel's target
	 * @return what it asks for
	 * @throws InvalidTargetException naming the target and the form it should have
	 */
	public static DiscoveryTarget parse(URI target) {
		return parse(target.toString());
	}

	/**
	 * Reads the text of a target that is a URI, see {@link #parse(URI)}.
	 */
	static DiscoveryTarget parse(String text) {
		TargetParts target = TargetParts.of(text);
		String scheme = target.scheme();
		if (target.path().length() < 2 || target.path().charAt(0) != '/') {
			throw new InvalidTargetException(target, "the name of a service after " + scheme + ":///");
		}
		if (OTHER_TARGET.matcher(target.path()).matches()) {
			throw new InvalidTargetException(target, "the name of a service, and not another target, after " + scheme
					+ ":///; a target of its own is the channel's target or address");
		}
		DiscoveryOptions options = TargetText.options(target);
		if (scheme.equals(ANY_REGISTRY) && !options.isEmpty()) {
			throw new InvalidTargetException(target,
					"discovery:///name alone, since it leaves the registry to the application; a registry's own scheme, such as consul:///name?tag=v1, has options");
		}
		String name = TargetText.name(target);
		if (name.indexOf(TargetText.UNREADABLE) >= 0) {
			throw new InvalidTargetException(target, "a name in UTF-8, percent-encoded");
		}
		try {
			return new DiscoveryTarget(scheme, ServiceInstance.requireServiceName(name), options);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidTargetException(target, ex);
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
			throw new InvalidTargetException(this, ex);
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
