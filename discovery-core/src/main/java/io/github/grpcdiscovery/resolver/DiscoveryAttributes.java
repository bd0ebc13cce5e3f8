package io.github.grpcdiscovery.resolver;

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

	/** How calls are balanced over the addresses. Of the whole resolution. */
	@NameResolver.ResolutionResultAttr
	public static final Attributes.Key<BalancingSettings> BALANCING = Attributes.Key
		.create("io.github.grpcdiscovery.balancing");

	private DiscoveryAttributes() {
	}

}
