package io.github.grpcdiscovery.testsupport;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Three real Consul servers and one client agent, which is what an application talks to.
 * The verbs are for one thread at a time.
 */
public final class ConsulCluster implements AutoCloseable {

	private static final int SIZE = 3;

	private final List<ConsulAgent> servers;

	private final List<String> raftAddresses;

	private final ConsulAgent client;

	private ConsulCluster() {
		List<ConsulAgentBuilder> builders = IntStream.range(0, SIZE)
			.mapToObj((number) -> new ConsulAgentBuilder("consul-" + number))
			.toList();
		List<Integer> gossip = builders.stream().map((builder) -> builder.serfPort).toList();
		this.servers = builders.stream().map((builder) -> builder.serverOf(SIZE, gossip).build()).toList();
		this.raftAddresses = builders.stream().map((builder) -> "\"127.0.0.1:" + builder.serverPort + "\"").toList();
		this.client = new ConsulAgentBuilder("consul-client").clientOf(gossip).build();
	}

	/**
	 * Starts a cluster.
	 * @return the cluster, with a leader that all agents know
	 */
	public static ConsulCluster started() {
		ConsulCluster cluster = new ConsulCluster();
		cluster.start();
		return cluster;
	}

	/** Starts all agents that do not run and waits until all know a leader. */
	public void start() {
		this.servers.forEach(ConsulAgent::launch);
		this.client.launch();
		this.servers.forEach(ConsulAgent::start);
		this.client.start();
	}

	/**
	 * Waits for a leader.
	 * @return the running server that leads
	 */
	public ConsulAgent leader() {
		return Conditions.await().until(this::findLeader, Optional::isPresent).orElseThrow();
	}

	private Optional<ConsulAgent> findLeader() {
		return this.servers.stream()
			.filter(ConsulAgent::isRunning)
			.map((server) -> Http.text(server.endpoint().resolve("/v1/status/leader")))
			.filter((address) -> address != null)
			.map((address) -> this.raftAddresses.indexOf(address.strip()))
			.filter((index) -> index >= 0)
			.<ConsulAgent>map(this.servers::get)
			.filter(ConsulAgent::isRunning)
			.findFirst();
	}

	/**
	 * Kills the server that leads.
	 * @return that server, which {@link ConsulAgent#start} brings back
	 */
	public ConsulAgent killLeader() {
		ConsulAgent leader = leader();
		leader.kill();
		return leader;
	}

	public ConsulAgent server(int number) {
		return this.servers.get(number);
	}

	public List<ConsulAgent> servers() {
		return this.servers;
	}

	/**
	 * The agent on the application's side.
	 * @return an agent that is no server
	 */
	public ConsulAgent client() {
		return this.client;
	}

	/** Kills all agents and deletes their files. Idempotent. */
	@Override
	public void close() {
		this.client.close();
		this.servers.forEach(ConsulAgent::close);
	}

}
