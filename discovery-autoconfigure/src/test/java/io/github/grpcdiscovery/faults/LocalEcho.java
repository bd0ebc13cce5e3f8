package io.github.grpcdiscovery.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;

/** A gRPC server in this process. */
final class LocalEcho extends EchoGrpc.EchoImplBase implements AutoCloseable {

	private final String name;

	private final Server server;

	LocalEcho(String name) {
		this(name, new InetSocketAddress("127.0.0.1", 0));
	}

	LocalEcho(String name, InetSocketAddress address) {
		this.name = name;
		try {
			this.server = NettyServerBuilder.forAddress(address)
				.addService(this)
				// which an agent asks
				.addService(new HealthStatusManager().getHealthService())
				.build()
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	int port() {
		return this.server.getPort();
	}

	ServiceInstance instance() {
		return ServiceInstance.of("echo", "127.0.0.1", port());
	}

	@Override
	public void say(SayRequest request, StreamObserver<SayReply> replies) {
		replies.onNext(SayReply.newBuilder().setText(this.name).build());
		replies.onCompleted();
	}

	@Override
	public void look(SayRequest request, StreamObserver<SayReply> replies) {
		say(request, replies);
	}

	@Override
	public void close() {
		this.server.shutdownNow();
	}

}
