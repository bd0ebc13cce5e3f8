package io.github.grpcdiscovery.benchmarks.balancing;

import java.time.Duration;

import io.grpc.netty.NettyChannelBuilder;

import io.github.grpcdiscovery.resolver.BalancingSettings;
import io.github.grpcdiscovery.resolver.BalancingSettingsBuilder;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;
import io.github.grpcdiscovery.resolver.ServiceSettings;

/**
 * What a policy is told besides the list. Other policies than the product's go without.
 *
 * @param zone where the client is; empty for nowhere
 * @param warmUp window over which a new instance's weight grows; zero for the default
 */
record PolicySettings(String zone, Duration warmUp) {

	static final PolicySettings DEFAULTS = new PolicySettings("", Duration.ZERO);

	/** Hands the settings to the resolver of a channel. */
	void applyTo(NettyChannelBuilder builder) {
		BalancingSettingsBuilder settings = BalancingSettings.builder().zone(this.zone.isEmpty() ? null : this.zone);
		if (!this.warmUp.isZero()) {
			settings.warmUp(this.warmUp);
		}
		builder.setNameResolverArg(DiscoveryNameResolverProvider.BALANCING, ServiceSettings.same(settings.build()));
	}

}
