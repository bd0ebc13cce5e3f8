package io.github.grpcdiscovery.autoconfigure.netdevh;

import java.util.function.Supplier;

import io.grpc.ManagedChannelBuilder;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;

import io.github.grpcdiscovery.autoconfigure.client.BalancingCustomizer;
import io.github.grpcdiscovery.autoconfigure.client.TransportSecurityHint;
import io.github.grpcdiscovery.internal.retry.BrokenConnectionStatus;
import io.github.grpcdiscovery.internal.retry.IdempotentCallRetry;
import io.github.grpcdiscovery.resolver.DiscoveryChannels;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;
import io.github.grpcdiscovery.resolver.Registries;

/**
 * Gives each channel that is looked up in a registry this application's registries, and
 * leaves all others as they are.
 */
final class DiscoveryChannelConfigurer implements GrpcChannelConfigurer {

	private final Registries registries;

	private final BalancingCustomizer balancing;

	private final Supplier<GrpcChannelsProperties> channels;

	private final boolean retries;

	private final boolean serviceConfigs;

	/**
	 * Creates the configurer.
	 * @param registries the registries
	 * @param balancing how calls are balanced
	 * @param channels the properties of all clients, asked for when there is a channel
	 * @param retries whether idempotent calls are made again when a connection breaks
	 * @param serviceConfigs whether the service config that the registry holds is
	 * followed
	 */
	DiscoveryChannelConfigurer(Registries registries, BalancingCustomizer balancing,
			Supplier<GrpcChannelsProperties> channels, boolean retries, boolean serviceConfigs) {
		this.registries = registries;
		this.balancing = balancing;
		this.channels = channels;
		this.retries = retries;
		this.serviceConfigs = serviceConfigs;
	}

	@Override
	public void accept(ManagedChannelBuilder<?> builder, String name) {
		GrpcChannelsProperties properties = this.channels.get();
		if (!NetDevhTargets.isLookedUp(properties, name)) {
			return;
		}
		builder.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, this.registries);
		// grpc.client.NAME.default-load-balancing-policy rules, and it is round_robin
		builder.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, "");
		this.balancing.configure(builder, properties.getChannel(name).getDefaultLoadBalancingPolicy());
		if (this.serviceConfigs) {
			DiscoveryChannels.followServiceConfig(builder);
		}
		builder.intercept(this.retries ? new IdempotentCallRetry() : new BrokenConnectionStatus());
		builder.intercept(TransportSecurityHint.of(name, "grpc.client.%s.negotiation-type=plaintext",
				"grpc.client.%s.negotiation-type=tls"));
	}

}
