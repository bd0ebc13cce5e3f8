package io.github.grpcdiscovery.resolver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.grpc.Attributes;
import io.grpc.Server;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;

/**
 * Real gRPC servers on loopback that answer with their own name.
 */
class EchoServers implements AutoCloseable {

	private final Map<String, Server> servers = new LinkedHashMap<>();

	private final Map<String, Duration> delays = new ConcurrentHashMap<>();

	private final Map<String, AtomicInteger> connections = new LinkedHashMap<>();

	/**
	 * Starts a server.
	 * @param name what it answers
	 * @return the instance to find it by
	 */
	ServiceInstance start(String name) {
		AtomicInteger accepted = new AtomicInteger();
		Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
			.addService(new Echo(name))
			.addTransportFilter(new ServerTransportFilter() {

				@Override
				public Attributes transportReady(Attributes attributes) {
					accepted.incrementAndGet();
					return attributes;
				}

			})
			.build();
		try {
			server.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.servers.put(name, server);
		this.connections.put(name, accepted);
		return ServiceInstance.of("echo", "127.0.0.1", server.getPort());
	}

	/**
	 * Connections that a server accepted so far.
	 * @param name the server
	 * @return how many
	 */
	int connections(String name) {
		return this.connections.get(name).get();
	}

	void stop(String name) {
		this.servers.get(name).shutdownNow();
	}

	@Override
	public void close() {
		this.servers.values().forEach(Server::shutdownNow);
	}

	/**
	 * Makes a server answer late from now on.
	 * @param name the server
	 * @param delay how late
	 */
	void delay(String name, Duration delay) {
		this.delays.put(name, delay);
	}

	private final class Echo extends EchoGrpc.EchoImplBase {

		private final String name;

		Echo(String name) {
			this.name = name;
		}

		@Override
		public void say(SayRequest request, StreamObserver<SayReply> replies) {
			Duration delay = EchoServers.this.delays.get(this.name);
			if (delay != null) {
				LockSupport.parkNanos(delay.toNanos());
			}
			replies.onNext(SayReply.newBuilder().setText(this.name).build());
			replies.onCompleted();
		}

	}

}
