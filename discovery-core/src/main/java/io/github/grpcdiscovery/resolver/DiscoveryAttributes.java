package io.github.grpcdiscovery.resolver;

import java.time.Duration;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;

import io.github.grpcdiscovery.ServiceInstance;

/**
 * What the addresses of a channel carry, for load balancing policies.
 */
public final class DiscoveryAttributes {

	/** The instance that an address belongs to. */
	@EquivalentAddressGroup.Attr
	public static final Attributes.Key<ServiceInstance> INSTANCE = Attributes.Key
		.create("io.github.grpcdiscovery.instance");

	/**
	 * How long nothing may come from a server that is called before it gets no calls,
	 * while others answer. Of the whole resolution.
	 */
	@NameResolver.ResolutionResultAttr
	public static final Attributes.Key<Duration> UNRESPONSIVE_AFTER = Attributes.Key
		.create("io.github.grpcdiscovery.unresponsive-after");

	private DiscoveryAttributes() {
	}

}
