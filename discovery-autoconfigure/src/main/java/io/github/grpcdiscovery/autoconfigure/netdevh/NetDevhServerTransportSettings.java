package io.github.grpcdiscovery.autoconfigure.netdevh;

import org.springframework.boot.context.properties.bind.Binder;

import io.github.grpcdiscovery.autoconfigure.server.ServerTransport;
import io.github.grpcdiscovery.autoconfigure.server.ServerTransportSettings;

/**
 * The settings of net.devh's server, {@code grpc.server.security.*}.
 */
final class NetDevhServerTransportSettings implements ServerTransportSettings {

	private static final String PREFIX = "grpc.server.security.";

	@Override
	public ServerTransport read(Binder binder) {
		boolean tls = binder.bind(PREFIX + "enabled", Boolean.class).orElse(false);
		return ServerTransport.of(tls, binder.bind(PREFIX + "client-auth", String.class).orElse(""));
	}

}
