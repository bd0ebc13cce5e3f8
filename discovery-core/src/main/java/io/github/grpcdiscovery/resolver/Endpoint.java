package io.github.grpcdiscovery.resolver;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;

/**
 * Where an instance is called.
 *
 * @param instance the instance
 * @param literal its address, unless its host has to be looked up
 */
record Endpoint(ServiceInstance instance, @Nullable EquivalentAddressGroup literal) {

	static Endpoint of(ServiceInstance instance) {
		return new Endpoint(instance, instance.address().isLiteral()
				? group(instance, List.of(new InetSocketAddress(instance.host(), instance.port()))) : null);
	}

	/**
	 * All its addresses, of which a connection is made to the first that takes it.
	 * @param names what host names resolve to
	 * @return {@code null} if none is known
	 */
	@Nullable EquivalentAddressGroup group(HostNames names) {
		if (this.literal != null) {
			return this.literal;
		}
		List<SocketAddress> found = new ArrayList<>();
		names.addresses(this.instance.host())
			.forEach((address) -> found.add(new InetSocketAddress(address, this.instance.port())));
		return found.isEmpty() ? null : group(this.instance, found);
	}

	private static EquivalentAddressGroup group(ServiceInstance instance, List<SocketAddress> addresses) {
		return new EquivalentAddressGroup(addresses,
				Attributes.newBuilder().set(DiscoveryAttributes.INSTANCE, instance).build());
	}

}
