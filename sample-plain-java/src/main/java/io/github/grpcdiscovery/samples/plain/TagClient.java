package io.github.grpcdiscovery.samples.plain;

import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.etcd.EtcdRegistry;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.resolver.DiscoveryChannels;
import io.github.grpcdiscovery.resolver.Registries;
import io.github.grpcdiscovery.samples.api.GetTagListRequest;
import io.github.grpcdiscovery.samples.api.TagServiceGrpc;

/**
 * A client that finds its servers in etcd: gRPC balances its calls over those that are
 * there.
 */
final class TagClient implements AutoCloseable {

	private static final int DEADLINE_SECONDS = 5;

	private final EtcdRegistry registry;

	private final ManagedChannel channel;

	/**
	 * Creates the client. It connects when it is first used.
	 * @param etcd an endpoint of etcd
	 */
	TagClient(URI etcd) {
		this.registry = new EtcdRegistry(EtcdSettings.of(etcd), DiscoveryObserver.NONE);
		this.channel = DiscoveryChannels
			.configure(NettyChannelBuilder.forTarget("etcd:///" + TagServer.SERVICE),
					Registries.only(this.registry.discovery()))
			.usePlaintext()
			.build();
	}

	/**
	 * Calls a server. Waits for one if there is none.
	 * @return the server that answered
	 * @throws io.grpc.StatusRuntimeException if nothing answered in time
	 */
	String call() {
		return TagServiceGrpc.newBlockingStub(this.channel)
			.withWaitForReady()
			.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
			.getTagList(GetTagListRequest.getDefaultInstance())
			.getServedBy();
	}

	/**
	 * Follows the servers, as the channel does.
	 * @param listener gets every list, one after the other; must not block
	 * @return closed to stop
	 */
	Subscription follow(Consumer<List<ServiceInstance>> listener) {
		return this.registry.discovery().watch(TagServer.SERVICE, listener::accept);
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
		this.registry.close();
	}

}
