package io.github.grpcdiscovery.autoconfigure.warmup;

import io.grpc.NameResolverRegistry;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;

/**
 * Tells the targets whose servers a registry tells.
 */
final class DiscoverySchemes {

	private DiscoverySchemes() {
	}

	/**
	 * Whether targets with a scheme are looked up in a registry.
	 * @param scheme what stands before {@code ://}
	 */
	static boolean contain(@Nullable String scheme) {
		return scheme != null && NameResolverRegistry.getDefaultRegistry()
			.getProviderForScheme(scheme) instanceof DiscoveryNameResolverProvider;
	}

}
