package io.github.grpcdiscovery.autoconfigure.netdevh;

import net.devh.boot.grpc.server.event.GrpcServerLifecycleEvent;
import net.devh.boot.grpc.server.event.GrpcServerShutdownEvent;
import net.devh.boot.grpc.server.event.GrpcServerStartedEvent;
import org.springframework.context.ApplicationListener;

import io.github.grpcdiscovery.autoconfigure.server.OwnBeans;
import io.github.grpcdiscovery.autoconfigure.server.ServerEvents;

/**
 * Passes on what happens to this context's own servers of net.devh. The events come on
 * the thread that starts and stops the context; the one of the shutdown comes before the
 * server stops.
 */
final class NetDevhServerListener implements ApplicationListener<GrpcServerLifecycleEvent> {

	private final ServerEvents servers;

	private final OwnBeans ownBeans;

	NetDevhServerListener(ServerEvents servers, OwnBeans ownBeans) {
		this.servers = servers;
		this.ownBeans = ownBeans;
	}

	@Override
	public void onApplicationEvent(GrpcServerLifecycleEvent event) {
		if (event instanceof GrpcServerStartedEvent started && this.ownBeans.contains(event.getSource())) {
			this.servers.started(started.getServer(), started.getAddress());
		}
		else if (event instanceof GrpcServerShutdownEvent) {
			this.servers.stopping(event.getServer());
		}
	}

}
