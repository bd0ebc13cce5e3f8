package io.github.grpcdiscovery.resolver;

import java.util.List;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.ServiceDiscovery;

/**
 * Hands one channel its lists, each with the channel's settings and its service config.
 * In the channel's synchronization context only.
 */
final class ChannelResults {

	private static final Logger logger = LoggerFactory.getLogger(ChannelResults.class);

	private final DiscoveryTarget target;

	private final ChannelSettings settings;

	private final ChannelServiceConfig serviceConfig;

	private NameResolver.@Nullable Listener2 listener;

	private @Nullable StatusOr<List<EquivalentAddressGroup>> last;

	private boolean shutdown;

	ChannelResults(DiscoveryTarget target, NameResolver.Args args) {
		this.target = target;
		this.settings = ChannelSettings.of(target.service(), args);
		this.serviceConfig = new ChannelServiceConfig(target, args, this::deliverAgain);
	}

	void start(NameResolver.Listener2 listener) {
		this.listener = listener;
	}

	boolean isStarted() {
		return this.listener != null;
	}

	/**
	 * Begins to follow the service config, if the channel does. Said again without
	 * effect.
	 * @param discovery the registry
	 */
	void follow(ServiceDiscovery discovery) {
		this.serviceConfig.follow(discovery);
	}

	/**
	 * Hands over a list. The first one waits for the service config: no call is to be
	 * made without the deadlines and retries that it says.
	 * @param addresses the list, or why there is none
	 */
	void deliver(StatusOr<List<EquivalentAddressGroup>> addresses) {
		if (this.shutdown || this.listener == null) {
			return;
		}
		this.last = addresses.hasValue() ? addresses : null;
		if (this.last == null || this.serviceConfig.isKnown()) {
			Status accepted = this.listener.onResult2(this.settings.with(addresses, this.serviceConfig.current()));
			logger.debug("{}: {} delivered: {}", this.target, addresses, accepted);
		}
	}

	private void deliverAgain() {
		if (this.last != null) {
			deliver(this.last);
		}
	}

	void shutdown() {
		this.shutdown = true;
		this.serviceConfig.shutdown();
	}

}
