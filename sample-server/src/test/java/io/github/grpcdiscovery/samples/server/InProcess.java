package io.github.grpcdiscovery.samples.server;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;

/**
 * One service and a channel to it, without a network.
 */
final class InProcess implements AutoCloseable {

	private final Server server;

	private final ManagedChannel channel;

	InProcess(BindableService service) throws IOException {
		String name = InProcessServerBuilder.generateName();
		this.server = InProcessServerBuilder.forName(name).addService(service).intercept(new ServedBy()).build();
		this.server.start();
		this.channel = InProcessChannelBuilder.forName(name).build();
	}

	ManagedChannel channel() {
		return this.channel;
	}

	@Override
	public void close() throws InterruptedException {
		this.channel.shutdownNow();
		this.server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
	}

}
