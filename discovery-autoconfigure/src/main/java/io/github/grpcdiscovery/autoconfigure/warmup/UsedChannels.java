package io.github.grpcdiscovery.autoconfigure.warmup;

import java.util.Map;

import io.grpc.Channel;

/**
 * The channels that one gRPC stack has made so far and whose servers a registry tells.
 */
public interface UsedChannels {

	/**
	 * The channels.
	 * @return by the name that each was asked for by; empty if there is none
	 */
	Map<String, Channel> channels();

}
