package io.github.grpcdiscovery.benchmarks.balancing;

import java.time.Duration;

import io.grpc.netty.NettyChannelBuilder;

/**
 * What a policy is told besides the list. A policy that knows no such setting goes
 * without.
 *
 * @param zone where the client is; empty for nowhere
 * @param warmUp window over which a new instance's weight grows; zero for the default
 */
record PolicySettings(String zone, Duration warmUp) {

	static final PolicySettings DEFAULTS = new PolicySettings("", Duration.ZERO);

	/** Hands the settings to the resolver of a channel. */
	void applyTo(NettyChannelBuilder builder) {
		// no policy has any of them yet
	}

}
