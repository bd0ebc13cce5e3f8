package io.github.grpcdiscovery.resolver;

import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannelBuilder;

/**
 * Lets channels that a program builds by itself look up their servers in registries.
 *
 * <pre>{@code
 * ManagedChannel channel = DiscoveryChannels
 *     .configure(NettyChannelBuilder.forTarget("etcd:///tag-service"), Registries.only(etcd.discovery()))
 *     .usePlaintext()
 *     .build();
 * }</pre>
 */
public final class DiscoveryChannels {

	private DiscoveryChannels() {
	}

	/**
	 * Configures a builder. Calls are balanced by
	 * {@value DiscoveryNameResolverProvider#LEAST_LOAD}, unless the builder is given
	 * another default policy afterwards, or a default service config that names one.
	 * @param <T> type of the builder
	 * @param builder a builder whose target has a scheme of ours
	 * @param registries which registries the target may mean
	 * @return the builder
	 */
	public static <T extends ManagedChannelBuilder<T>> T configure(T builder, Registries registries) {
		boolean present = LoadBalancerRegistry.getDefaultRegistry()
			.getProvider(DiscoveryNameResolverProvider.LEAST_LOAD) != null;
		return builder.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, registries)
			// a service config of ours would win over that of the builder
			.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, "")
			.defaultLoadBalancingPolicy(present ? DiscoveryNameResolverProvider.LEAST_LOAD : "round_robin");
	}

	/**
	 * Lets a channel follow the service config that its registry holds for its service:
	 * anybody who may write there decides on the channel's deadlines, retries and policy.
	 * A service config that the builder is given, before or afterwards, wins, and so does
	 * a policy other than {@value DiscoveryNameResolverProvider#LEAST_LOAD} and
	 * {@code round_robin}.
	 * @param builder a builder of a channel that is looked up in a registry
	 */
	public static void followServiceConfig(ManagedChannelBuilder<?> builder) {
		builder.setNameResolverArg(ChannelServiceConfig.FOLLOWED, new BuilderServiceConfig(builder));
	}

}
