package io.github.grpcdiscovery.autoconfigure.client;

import java.time.Duration;

import io.grpc.ManagedChannelBuilder;

import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;

/**
 * Gives channels that are to use round robin the one that notices servers which hang. A
 * service config of the user's, and another policy, win.
 */
public final class HangDetectionCustomizer {

	private static final String PLAIN = "round_robin";

	private final Duration unresponsiveAfter;

	/**
	 * Creates it.
	 * @param unresponsiveAfter when a server gets no more calls; zero for never
	 */
	public HangDetectionCustomizer(Duration unresponsiveAfter) {
		this.unresponsiveAfter = unresponsiveAfter;
	}

	/**
	 * Configures one channel.
	 * @param builder the channel's builder
	 * @param policy the policy that the gRPC stack gives the channel
	 */
	public void configure(ManagedChannelBuilder<?> builder, String policy) {
		builder.setNameResolverArg(DiscoveryNameResolverProvider.UNRESPONSIVE_AFTER, this.unresponsiveAfter);
		if (policy.equals(PLAIN) && !this.unresponsiveAfter.isZero()) {
			builder.defaultLoadBalancingPolicy(DiscoveryNameResolverProvider.ROUND_ROBIN);
		}
	}

}
