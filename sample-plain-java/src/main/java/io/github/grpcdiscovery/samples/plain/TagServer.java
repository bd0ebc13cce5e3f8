package io.github.grpcdiscovery.samples.plain;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InstanceLifecycle;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.etcd.EtcdRegistry;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.samples.api.GetTagListReply;
import io.github.grpcdiscovery.samples.api.GetTagListRequest;
import io.github.grpcdiscovery.samples.api.Tag;
import io.github.grpcdiscovery.samples.api.TagServiceGrpc;

/**
 * A server that is in etcd while it serves. Whoever closes it loses no call: it leaves
 * etcd, serves on until clients have heard of it, and ends when its last call has.
 */
final class TagServer implements AutoCloseable {

	/** What it is registered as. */
	static final String SERVICE = "tag-service";

	private static final Duration DRAIN = Duration.ofSeconds(1);

	private static final Duration LAST_CALLS = Duration.ofSeconds(5);

	private final Server server;

	private final EtcdRegistry registry;

	private final InstanceLifecycle lifecycle;

	private final ServiceInstance instance;

	private TagServer(Server server, EtcdRegistry registry, ServiceInstance instance) {
		this.server = server;
		this.registry = registry;
		this.instance = instance;
		this.lifecycle = new InstanceLifecycle(List.of(registry), DRAIN);
		this.lifecycle.start(instance, CompletableFuture.completedFuture(null));
	}

	/**
	 * Starts to serve and to register.
	 * @param etcd an endpoint of etcd
	 * @param host the address to serve at, which clients connect to
	 * @param port the port, 0 for any that is free
	 * @return the server; it is in etcd a moment later
	 * @throws IOException if it cannot listen there
	 */
	static TagServer start(URI etcd, String host, int port) throws IOException {
		Service service = new Service();
		Server server = NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
			.addService(service)
			.build()
			.start();
		service.servedBy = new HostAndPort(host, server.getPort()).toString();
		ServiceInstance instance = ServiceInstance.of(SERVICE, host, server.getPort());
		return new TagServer(server, new EtcdRegistry(EtcdSettings.of(etcd), DiscoveryObserver.NONE), instance);
	}

	/**
	 * Where it serves.
	 * @return host and port
	 */
	String address() {
		return this.instance.address().toString();
	}

	void awaitEnd() throws InterruptedException {
		this.server.awaitTermination();
	}

	@Override
	public void close() {
		this.lifecycle.stopAndDrain();
		this.server.shutdown();
		try {
			this.server.awaitTermination(LAST_CALLS.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.server.shutdownNow();
		this.registry.close();
	}

	private static final class Service extends TagServiceGrpc.TagServiceImplBase {

		private volatile String servedBy = "";

		@Override
		public void getTagList(GetTagListRequest request, StreamObserver<GetTagListReply> answer) {
			answer.onNext(GetTagListReply.newBuilder()
				.addList(Tag.newBuilder().setId(1).setName("grpc").setState(1))
				.setServedBy(this.servedBy)
				.build());
			answer.onCompleted();
		}

	}

}
