package io.github.grpcdiscovery.testsupport;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Three real etcd servers that form one cluster. The verbs are for one thread at a time.
 */
public final class EtcdCluster extends EtcdOperations implements AutoCloseable {

	private static final int SIZE = 3;

	private final List<EtcdServer> nodes;

	private final Etcdctl client;

	private EtcdCluster() {
		List<EtcdServerBuilder> members = IntStream.range(0, SIZE)
			.mapToObj((number) -> new EtcdServerBuilder("etcd-" + number))
			.toList();
		String cluster = members.stream().map(EtcdServerBuilder::peer).collect(Collectors.joining(","));
		this.nodes = members.stream().map((member) -> member.initialCluster(cluster).build()).toList();
		this.client = new Etcdctl(endpoints(), EtcdTls.NONE);
	}

	/**
	 * Starts a cluster.
	 * @return the cluster, with a leader and all members ready
	 */
	public static EtcdCluster started() {
		EtcdCluster cluster = new EtcdCluster();
		cluster.start();
		return cluster;
	}

	/** Starts all members that do not run and waits until all answer. */
	public void start() {
		// All at once: the first two are ready only together.
		this.nodes.forEach(EtcdServer::launch);
		this.nodes.forEach(EtcdServer::start);
	}

	/**
	 * Waits for a leader.
	 * @return the running member that leads
	 */
	public EtcdServer leader() {
		return Conditions.await()
			.until(() -> this.nodes.stream().filter(EtcdServer::isLeader).findFirst(), Optional::isPresent)
			.orElseThrow();
	}

	/**
	 * Kills the member that leads.
	 * @return that member, which {@link EtcdServer#start} brings back
	 */
	public EtcdServer killLeader() {
		EtcdServer leader = leader();
		leader.kill();
		return leader;
	}

	public EtcdServer node(int number) {
		return this.nodes.get(number);
	}

	public List<EtcdServer> nodes() {
		return this.nodes;
	}

	public List<URI> endpoints() {
		return this.nodes.stream().map(EtcdServer::endpoint).toList();
	}

	@Override
	Etcdctl client() {
		return this.client;
	}

	/** Kills all members and deletes their files. Idempotent. */
	@Override
	public void close() {
		this.nodes.forEach(EtcdServer::close);
	}

}
