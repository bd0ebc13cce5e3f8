package io.github.grpcdiscovery.autoconfigure.consul;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.autoconfigure.server.RunningServer;
import io.github.grpcdiscovery.autoconfigure.server.ServerRequirement;
import io.github.grpcdiscovery.autoconfigure.server.ServerTransport;
import io.github.grpcdiscovery.consul.ConsulCheck;
import io.github.grpcdiscovery.consul.ConsulRegistry;

/**
 * Says which servers the probes of Consul's agent will never find well.
 */
final class ProbeRequirement implements ServerRequirement {

	private static final String HEALTH = "grpc.health.v1.Health";

	private static final String OR_TTL = "or set grpc.discovery.consul.check.kind=ttl";

	private final ConsulCheck check;

	private final ServerTransport transport;

	ProbeRequirement(ConsulCheck check, ServerTransport transport) {
		this.check = check;
		this.transport = transport;
	}

	@Override
	public String registry() {
		return ConsulRegistry.NAME;
	}

	@Override
	public @Nullable String missing(RunningServer server) {
		if (this.check.kind() != ConsulCheck.Kind.GRPC) {
			return null;
		}
		if (!server.services().contains(HEALTH)) {
			return "The gRPC server on port %d has no service %s, so each probe of Consul's agent fails and clients do not call it (fix: add io.grpc:grpc-services and leave grpc.server.health-service-enabled or spring.grpc.server.health.enabled on, %s)"
				.formatted(server.port(), HEALTH, OR_TTL);
		}
		if (this.transport.clientCertificate()) {
			return "The gRPC server on port %d refuses clients without a certificate, and Consul's agent shows none, so each probe fails and clients do not call it (fix: let the certificate be optional, %s)"
				.formatted(server.port(), OR_TTL);
		}
		return null;
	}

}
