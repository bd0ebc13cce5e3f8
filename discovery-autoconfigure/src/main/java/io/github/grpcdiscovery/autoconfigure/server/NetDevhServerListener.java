package io.github.grpcdiscovery.autoconfigure.server;

import java.util.Set;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import net.devh.boot.grpc.server.event.GrpcServerLifecycleEvent;
import net.devh.boot.grpc.server.event.GrpcServerShutdownEvent;
import net.devh.boot.grpc.server.event.GrpcServerStartedEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;

/**
 * Tells the registrar about net.devh's server. The events come on the thread that starts
 * and stops the context; the one of the shutdown comes before the server stops.
 */
final class NetDevhServerListener implements ApplicationListener<GrpcServerLifecycleEvent> {

	private static final Logger logger = LoggerFactory.getLogger(NetDevhServerListener.class);

	/** Every server offers these; they alone are nothing to be looked up for. */
	private static final Set<String> INFRASTRUCTURE = Set.of("grpc.health.v1.Health",
			"grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection");

	private final ServerRegistrar registrar;

	private final @Nullable NetDevhServingStatus servingStatus;

	private @Nullable Server server;

	NetDevhServerListener(ServerRegistrar registrar, @Nullable NetDevhServingStatus servingStatus) {
		this.registrar = registrar;
		this.servingStatus = servingStatus;
	}

	@Override
	public void onApplicationEvent(GrpcServerLifecycleEvent event) {
		if (event instanceof GrpcServerStartedEvent started) {
			onStarted(started);
		}
		else if (event instanceof GrpcServerShutdownEvent && event.getServer() == this.server) {
			onShutdown();
		}
	}

	private void onStarted(GrpcServerStartedEvent event) {
		Server started = event.getServer();
		if (started.getPort() <= 0) {
			logger.info("The gRPC server '{}' is not registered: it listens on no TCP port", event.getAddress());
		}
		else if (started.getServices().stream().map(NetDevhServerListener::name).allMatch(INFRASTRUCTURE::contains)) {
			logger.info("The gRPC server on port {} is not registered: it offers no service of this application",
					started.getPort());
		}
		else {
			this.server = started;
			if (this.servingStatus != null) {
				this.servingStatus.started();
			}
			this.registrar.serverStarted(new RunningServer(started.getPort(), event.getAddress()));
		}
	}

	private void onShutdown() {
		this.server = null;
		if (this.servingStatus != null) {
			this.servingStatus.leaving();
		}
		this.registrar.serverStopping();
	}

	private static String name(ServerServiceDefinition service) {
		return service.getServiceDescriptor().getName();
	}

}
