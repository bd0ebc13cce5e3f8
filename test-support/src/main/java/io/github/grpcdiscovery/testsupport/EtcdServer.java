package io.github.grpcdiscovery.testsupport;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A real etcd on the loopback address. It keeps its ports and, unless wiped, its data
 * across restarts. The verbs are for one thread at a time.
 */
public final class EtcdServer extends EtcdOperations implements AutoCloseable {

	private static final String LOOPBACK = "://127.0.0.1:";

	private final Path dataDirectory;

	private final URI endpoint;

	private final URI metrics;

	private final String name;

	private final ServerProcess process;

	private final List<String> command;

	private final Etcdctl client;

	EtcdServer(EtcdServerBuilder builder) {
		this.name = builder.name;
		this.process = new ServerProcess(this.name);
		this.dataDirectory = (builder.dataDirectory != null) ? builder.dataDirectory : this.process.path("data");
		this.endpoint = URI.create(builder.tls.scheme() + LOOPBACK + builder.port);
		// A listener of its own, so that readiness can be asked for without certificates.
		this.metrics = URI.create("http" + LOOPBACK + FreePorts.next());
		this.command = command(builder);
		this.client = new Etcdctl(List.of(this.endpoint), builder.tls);
	}

	private List<String> command(EtcdServerBuilder builder) {
		String peer = "http" + LOOPBACK + builder.peerPort;
		List<String> arguments = new ArrayList<>(
				List.of(RegistryBinaries.etcd().toString(), "--name=" + this.name, "--data-dir=" + this.dataDirectory,
						"--listen-client-urls=" + this.endpoint, "--advertise-client-urls=" + this.endpoint,
						"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer,
						"--initial-cluster="
								+ ((builder.initialCluster != null) ? builder.initialCluster : builder.peer()),
						"--listen-metrics-urls=" + this.metrics, "--logger=zap", "--log-outputs=stderr"));
		arguments.addAll(builder.tls.serverArguments());
		arguments.addAll(builder.arguments);
		return List.copyOf(arguments);
	}

	/**
	 * Begins the description of a server.
	 * @return the description
	 */
	public static EtcdServerBuilder builder() {
		return new EtcdServerBuilder("etcd");
	}

	/**
	 * Starts a server without any special setting.
	 * @return the server, ready
	 */
	public static EtcdServer started() {
		return builder().start();
	}

	/** Starts it and waits until it answers. Does nothing if it runs. */
	public void start() {
		launch().waitUntil("answers", this::isReady);
	}

	/**
	 * Starts the process without waiting for it to be ready, as a member alone never is.
	 * @return the process
	 */
	ManagedProcess launch() {
		return this.process.launch(this.command);
	}

	boolean isReady() {
		String health = Http.text(this.metrics.resolve("/health"));
		return health != null && (health.contains("\"true\"") || isFull());
	}

	// A full store is not healthy but as ready as it gets. Only etcd 3.5 gives that
	// reason in its health. Asked briefly: where etcdctl is not let in, such as with a
	// certificate for another name, it would wait until the time of the caller is over.
	private boolean isFull() {
		return hasMetric("etcd_server_has_leader 1")
				&& this.client.tryToRun(null, "alarm", "list", "--command-timeout=1s")
					.standardOutput()
					.contains("NOSPACE");
	}

	private boolean hasMetric(String metric) {
		String text = Http.text(this.metrics.resolve("/metrics"));
		return text != null && text.contains("\n" + metric);
	}

	/** Ends it in good order (SIGTERM) and waits until it has ended. */
	public void stop() {
		this.process.stop();
	}

	/** Ends it at once, as a crash does. */
	public void kill() {
		this.process.kill();
	}

	/** Kills and starts it, with its data and on the same port. */
	public void restart() {
		kill();
		start();
	}

	/** Kills it, deletes its data and starts it again on the same port. */
	public void wipe() {
		kill();
		TemporaryDirectory.delete(this.dataDirectory);
		start();
	}

	/** Lets nothing of it run: connections stay open, nothing answers. */
	public void pause() {
		this.process.pause();
	}

	public void resume() {
		this.process.resume();
	}

	public boolean isRunning() {
		return this.process.isRunning();
	}

	/**
	 * Whether this member leads its cluster.
	 * @return {@code false} also when it does not answer
	 */
	public boolean isLeader() {
		return isRunning() && hasMetric("etcd_server_is_leader 1");
	}

	public URI endpoint() {
		return this.endpoint;
	}

	public int port() {
		return this.endpoint.getPort();
	}

	/**
	 * What it has logged since it was last started.
	 * @return the text; empty if it was never started
	 */
	public String log() {
		return this.process.log();
	}

	@Override
	Etcdctl client() {
		return this.client;
	}

	/** Kills it and deletes its temporary files. Idempotent. */
	@Override
	public void close() {
		this.process.close();
	}

	@Override
	public String toString() {
		return this.name + " at " + this.endpoint;
	}

}
