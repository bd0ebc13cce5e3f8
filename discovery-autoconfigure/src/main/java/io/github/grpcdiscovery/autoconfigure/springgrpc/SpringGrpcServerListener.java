package io.github.grpcdiscovery.autoconfigure.springgrpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.grpc.Server;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycleEvent;
import org.springframework.grpc.server.lifecycle.GrpcServerShutdownEvent;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

import io.github.grpcdiscovery.autoconfigure.server.OwnBeans;
import io.github.grpcdiscovery.autoconfigure.server.ServerEvents;

/**
 * Passes on what happens to this context's own servers of Spring Boot's own gRPC. The
 * events come on the thread that starts and stops the context; the one of the shutdown
 * comes before the server stops.
 */
final class SpringGrpcServerListener implements ApplicationListener<GrpcServerLifecycleEvent> {

	private final ServerEvents servers;

	private final OwnBeans ownBeans;

	SpringGrpcServerListener(ServerEvents servers, OwnBeans ownBeans) {
		this.servers = servers;
		this.ownBeans = ownBeans;
	}

	@Override
	public void onApplicationEvent(GrpcServerLifecycleEvent event) {
		if (event instanceof GrpcServerStartedEvent && this.ownBeans.contains(event.getSource())) {
			this.servers.started(event.getServer(), host(event.getServer()));
		}
		else if (event instanceof GrpcServerShutdownEvent) {
			this.servers.stopping(event.getServer());
		}
	}

	// the event's own address is a text for people: [/[0:0:0:0:0:0:0:0]:9090]
	private static @Nullable String host(Server server) {
		return server.getListenSockets()
			.stream()
			.filter(InetSocketAddress.class::isInstance)
			.map(InetSocketAddress.class::cast)
			.filter((socket) -> !socket.isUnresolved())
			.map(InetSocketAddress::getAddress)
			.map(SpringGrpcServerListener::withoutZone)
			.findFirst()
			.orElse(null);
	}

	private static String withoutZone(InetAddress address) {
		String text = address.getHostAddress();
		int zone = text.indexOf('%');
		return (zone < 0) ? text : text.substring(0, zone);
	}

}
