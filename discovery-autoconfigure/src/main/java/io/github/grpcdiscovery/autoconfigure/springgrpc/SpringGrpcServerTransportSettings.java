package io.github.grpcdiscovery.autoconfigure.springgrpc;

import org.springframework.boot.context.properties.bind.Binder;

import io.github.grpcdiscovery.autoconfigure.server.ServerTransport;
import io.github.grpcdiscovery.autoconfigure.server.ServerTransportSettings;

/**
 * The settings of Spring Boot's own server, {@code spring.grpc.server.ssl.*}: a bundle
 * switches TLS on.
 */
final class SpringGrpcServerTransportSettings implements ServerTransportSettings {

	private static final String PREFIX = "spring.grpc.server.ssl.";

	@Override
	public ServerTransport read(Binder binder) {
		boolean bundle = binder.bind(PREFIX + "bundle", String.class).isBound();
		boolean tls = binder.bind(PREFIX + "enabled", Boolean.class).orElse(bundle);
		return ServerTransport.of(tls, binder.bind(PREFIX + "client-auth", String.class).orElse(""));
	}

}
