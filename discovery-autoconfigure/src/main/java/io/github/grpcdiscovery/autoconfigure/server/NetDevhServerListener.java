package io.github.grpcdiscovery.autoconfigure.server;

import net.devh.boot.grpc.server.event.GrpcServerLifecycleEvent;
import net.devh.boot.grpc.server.event.GrpcServerShutdownEvent;
import net.devh.boot.grpc.server.event.GrpcServerStartedEvent;
import org.springframework.context.ApplicationListener;

/**
 * Passes on what happens to net.devh's servers. The events come on the thread that starts
 * and stops the context; the one of the shutdown comes before the server stops.
 */
final class NetDevhServerListener implements ApplicationListener<GrpcServerLifecycleEvent> {

	private final ServerEvents servers;

	NetDevhServerListener(ServerEvents servers) {
		this.servers = servers;
	}

	@Override
	public void onApplicationEvent(GrpcServerLifecycleEvent event) {
		if (event instanceof GrpcServerStartedEvent started) {
			this.servers.started(started.getServer(), started.getAddress());
		}
		else if (event instanceof GrpcServerShutdownEvent) {
			this.servers.stopping(event.getServer());
		}
	}

}
