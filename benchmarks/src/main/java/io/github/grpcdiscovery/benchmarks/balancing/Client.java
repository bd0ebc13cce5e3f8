package io.github.grpcdiscovery.benchmarks.balancing;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;

import io.github.grpcdiscovery.benchmarks.EchoServer;
import io.github.grpcdiscovery.benchmarks.Pause;
import io.github.grpcdiscovery.internal.retry.IdempotentCallRetry;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;
import io.github.grpcdiscovery.resolver.Registries;

/**
 * A client as an application of this starter has it, with a policy of choice: the
 * product's own resolver over a list that is set by hand.
 *
 * @param channel its channel
 * @param servers the servers that there are, by number
 */
record Client(ManagedChannel channel, List<ProgrammableServer> servers) implements AutoCloseable {

	/**
	 * Makes a client, and waits until it is connected to the servers.
	 * @param policy name of the load balancing policy
	 * @param discovery the list
	 * @param servers all servers that may ever be in the list, by number
	 * @param settings what else the policy is told
	 */
	static Client connected(String policy, SettableDiscovery discovery, List<ProgrammableServer> servers,
			PolicySettings settings) {
		NettyChannelBuilder builder = NettyChannelBuilder.forTarget("discovery:///" + ProgrammableServer.SERVICE)
			.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, Registries.only(discovery))
			.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, policy)
			.intercept(new IdempotentCallRetry())
			.usePlaintext();
		settings.applyTo(builder);
		Client client = new Client(builder.build(), servers);
		int[] before = servers.stream().mapToInt(ProgrammableServer::connections).toArray();
		client.call();
		Pause.until("a connection to a server",
				() -> servers.stream().anyMatch((server) -> server.connections() > before[server.number()]));
		Pause.of(Duration.ofMillis(200));
		return client;
	}

	static Client connected(String policy, SettableDiscovery discovery, List<ProgrammableServer> servers) {
		return connected(policy, discovery, servers, PolicySettings.DEFAULTS);
	}

	/**
	 * Makes a call, and waits for the answer.
	 * @return number of the server that gave it
	 */
	int call() {
		return EchoServer.number(ClientCalls.blockingUnaryCall(this.channel, EchoServer.METHOD,
				CallOptions.DEFAULT.withWaitForReady(), new byte[0]));
	}

	/**
	 * Which server listens at an address.
	 * @return its number, or {@link Call#NOBODY}
	 */
	int numberAt(SocketAddress address) {
		int port = (address instanceof InetSocketAddress inet) ? inet.getPort() : 0;
		return this.servers.stream()
			.filter((server) -> server.port() == port)
			.mapToInt(ProgrammableServer::number)
			.findFirst()
			.orElse(Call.NOBODY);
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
	}

}
