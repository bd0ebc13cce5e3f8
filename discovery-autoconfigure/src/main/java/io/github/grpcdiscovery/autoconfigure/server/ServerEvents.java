package io.github.grpcdiscovery.autoconfigure.server;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which of an application's gRPC servers is the one to register, and tells the
 * registrar when it starts and before it stops. Knows no stack: each has an adapter.
 */
public final class ServerEvents {

	/** Name of the bean, for conditions. */
	public static final String BEAN_NAME = "grpcServerEvents";

	private static final Logger logger = LoggerFactory.getLogger(ServerEvents.class);

	/** Every server offers these; they alone are nothing to be looked up for. */
	private static final Set<String> INFRASTRUCTURE = Set.of("grpc.health.v1.Health",
			"grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection");

	private final ServerRegistrar registrar;

	private final @Nullable ServingStatus servingStatus;

	private final List<ServerRequirement> requirements;

	private final AtomicReference<@Nullable Server> registered = new AtomicReference<>();

	ServerEvents(ServerRegistrar registrar, @Nullable ServingStatus servingStatus,
			List<ServerRequirement> requirements) {
		this.registrar = registrar;
		this.servingStatus = servingStatus;
		this.requirements = requirements;
	}

	/**
	 * A server listens.
	 * @param server the started server
	 * @param address the address it listens on; {@code null} or a wildcard if on all
	 */
	public void started(Server server, @Nullable String address) {
		int port = server.getPort();
		Set<String> services = server.getServices().stream().map(ServerEvents::name).collect(Collectors.toSet());
		if (port <= 0) {
			logger.info("The gRPC server on {} is not registered: it listens on no TCP port",
					server.getListenSockets());
		}
		else if (INFRASTRUCTURE.containsAll(services)) {
			logger.info("The gRPC server on port {} is not registered: it offers no service of this application", port);
		}
		else if (!this.registered.compareAndSet(null, server)) {
			logger.warn("The gRPC server on port {} is not registered: another one of this application is already, "
					+ "and an application has one registration", port);
		}
		else {
			if (this.servingStatus != null) {
				this.servingStatus.started();
			}
			RunningServer running = new RunningServer(port, address, services);
			this.requirements.forEach((requirement) -> warn(requirement.missing(running)));
			this.registrar.serverStarted(running);
		}
	}

	/**
	 * A server is about to stop. Returns when clients have had the time to hear of it.
	 * @param server the server, still serving
	 */
	public void stopping(Server server) {
		if (this.registered.compareAndSet(server, null)) {
			if (this.servingStatus != null) {
				this.servingStatus.leaving();
			}
			this.registrar.serverStopping();
		}
	}

	private static void warn(@Nullable String missing) {
		if (missing != null) {
			logger.warn(missing);
		}
	}

	private static String name(ServerServiceDefinition service) {
		return service.getServiceDescriptor().getName();
	}

}
