package io.github.grpcdiscovery.testsupport;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A real etcd on the loopback address. It keeps its ports and, unless wiped, its data across restarts. The verbs are
 * for one thread at a time.
 */
public final class EtcdServer extends EtcdOperations implements AutoCloseable {

	private static final String LOOPBACK = "://127.0.0.1:";

	private final TemporaryDirectory directory;

	private final Path dataDirectory;

	private final Path log;

	private final URI endpoint;

	private final URI metrics;

	private final String name;

	private final List<String> command;

	private final Etcdctl client;

	private volatile @Nullable ManagedProcess process;

	EtcdServer(EtcdServerBuilder builder) {
		this.name = builder.name;
		this.directory = TemporaryDirectory.create("etcd");
		this.dataDirectory = (builder.dataDirectory != null) ? builder.dataDirectory : this.directory.resolve("data");
		this.log = this.directory.resolve("etcd.log");
		this.endpoint = URI.create(builder.tls.scheme() + LOOPBACK + builder.port);
		// A listener of its own, so that readiness can be asked for without certificates.
		this.metrics = URI.create("http" + LOOPBACK + FreePorts.next());
		this.command = command(builder);
		this.client = new Etcdctl(List.of(this.endpoint), builder.tls);
	}

	private List<String> command(EtcdServerBuilder builder) {
		String peer = "http" + LOOPBACK + builder.peerPort;
		List<String> arguments = new ArrayList<>(List.of(RegistryBinaries.etcd().toString(), "--name=" + this.name,
				"--data-dir=" + this.dataDirectory, "--listen-client-urls=" + this.endpoint,
				"--advertise-client-urls=" + this.endpoint, "--listen-peer-urls=" + peer,
				"--initial-advertise-peer-urls=" + peer, "--initial-cluster="
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
		ManagedProcess current = this.process;
		if (current != null && current.isAlive()) {
			return current;
		}
		ManagedProcess launched = ManagedProcess.command(this.name, this.command)
			.log(this.log)
			.environment("ETCD_UNSUPPORTED_ARCH", System.getProperty("os.arch").equals("aarch64") ? "arm64" : "")
			.start();
		this.process = launched;
		return launched;
	}

	boolean isReady() {
		// An alarm, which a full store raises, is no reason to wait.
		String health = Http.text(this.metrics.resolve("/health"));
		return health != null && (health.contains("\"true\"") || health.contains("ALARM"));
	}

	/** Ends it in good order (SIGTERM) and waits until it has ended. */
	public void stop() {
		ManagedProcess current = this.process;
		if (current != null && current.isAlive()) {
			current.resume();
			current.terminate();
			current.waitForExit(Duration.ofSeconds(20));
		}
	}

	/** Ends it at once, as a crash does. */
	public void kill() {
		ManagedProcess current = this.process;
		if (current != null) {
			current.kill();
		}
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
		running().pause();
	}

	public void resume() {
		running().resume();
	}

	private ManagedProcess running() {
		ManagedProcess current = this.process;
		if (current == null || !current.isAlive()) {
			throw new IllegalStateException(this + " does not run");
		}
		return current;
	}

	public boolean isRunning() {
		ManagedProcess current = this.process;
		return current != null && current.isAlive();
	}

	/**
	 * Whether this member leads its cluster.
	 * @return {@code false} also when it does not answer
	 */
	public boolean isLeader() {
		String text = isRunning() ? Http.text(this.metrics.resolve("/metrics")) : null;
		return text != null && text.contains("\netcd_server_is_leader 1");
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
		ManagedProcess current = this.process;
		return (current != null) ? current.output() : "";
	}

	@Override
	Etcdctl client() {
		return this.client;
	}

	/** Kills it and deletes its temporary files. Idempotent. */
	@Override
	public void close() {
		kill();
		this.directory.close();
	}

	@Override
	public String toString() {
		return this.name + " at " + this.endpoint;
	}

}
