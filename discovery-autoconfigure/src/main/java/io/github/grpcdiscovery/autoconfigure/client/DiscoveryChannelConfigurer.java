package io.github.grpcdiscovery.autoconfigure.client;

import io.grpc.ManagedChannelBuilder;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;

import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;
import io.github.grpcdiscovery.resolver.Registries;

/**
 * Gives each channel this application's registries.
 */
final class DiscoveryChannelConfigurer implements GrpcChannelConfigurer {

	private final Registries registries;

	DiscoveryChannelConfigurer(Registries registries) {
		this.registries = registries;
	}

	@Override
	public void accept(ManagedChannelBuilder<?> builder, String name) {
		builder.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, this.registries);
		// grpc.client.NAME.default-load-balancing-policy rules, and it is round_robin
		builder.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, "");
	}

}
