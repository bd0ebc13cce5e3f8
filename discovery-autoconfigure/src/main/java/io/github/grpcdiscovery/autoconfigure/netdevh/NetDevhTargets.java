package io.github.grpcdiscovery.autoconfigure.netdevh;

import java.net.URI;

import net.devh.boot.grpc.client.config.GrpcChannelsProperties;

import io.github.grpcdiscovery.resolver.DiscoveryTarget;

/**
 * What the names of net.devh's clients mean.
 */
final class NetDevhTargets {

	private NetDevhTargets() {
	}

	/**
	 * Whether a client's channel is looked up in a registry.
	 * @param channels the properties of all clients
	 * @param client name of the client
	 */
	static boolean isLookedUp(GrpcChannelsProperties channels, String client) {
		return DiscoveryTarget.isOne(target(channels, client));
	}

	// as net.devh finds it
	private static String target(GrpcChannelsProperties channels, String client) {
		URI address = channels.getChannel(client).getAddress();
		String scheme = channels.getDefaultScheme();
		return (address != null) ? address.toString() : (scheme != null) ? scheme + ":" + client : client;
	}

}
