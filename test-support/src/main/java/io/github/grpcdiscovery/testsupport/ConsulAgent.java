package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Consul agent on the loopback address. It keeps its ports across restarts;
 * whether it keeps its services is for {@link ConsulAgentBuilder#persistent()} to say.
 * The verbs are for one thread at a time.
 */
public final class ConsulAgent extends ConsulOperations implements AutoCloseable {

	private final String name;

	private final ServerProcess process;

	private final Path dataDirectory;

	private final List<String> command;

	private final URI endpoint;

	private final ConsulAcl acl;

	private volatile HttpClient http = Http.client();

	ConsulAgent(ConsulAgentBuilder builder) {
		this.name = builder.name;
		this.process = new ServerProcess(this.name);
		this.dataDirectory = this.process.path("data");
		this.endpoint = URI.create("http://127.0.0.1:" + builder.httpPort);
		this.acl = new ConsulAcl(this, builder.managementToken);
		this.command = command(builder);
	}

	private List<String> command(ConsulAgentBuilder builder) {
		Path configuration = this.process.path("agent.hcl");
		try {
			Files.writeString(configuration, builder.hcl());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		List<String> arguments = new ArrayList<>(
				List.of(RegistryBinaries.consul().toString(), "agent", "-config-file=" + configuration));
		arguments.add(builder.development ? "-dev" : "-data-dir=" + this.dataDirectory);
		arguments.addAll(builder.arguments);
		return List.copyOf(arguments);
	}

	/**
	 * Begins the description of an agent.
	 * @return the description
	 */
	public static ConsulAgentBuilder builder() {
		return new ConsulAgentBuilder("consul");
	}

	/**
	 * Starts a development agent without any special setting.
	 * @return the agent, with a leader
	 */
	public static ConsulAgent started() {
		return builder().start();
	}

	/**
	 * Starts it and waits until it answers and knows a leader. Does nothing if it runs.
	 */
	public void start() {
		launch().waitUntil("knows a leader", this::isReady);
	}

	/**
	 * Starts the process without waiting for a leader, which a server alone never has.
	 * @return the process
	 */
	ManagedProcess launch() {
		if (!this.process.isRunning()) {
			this.http = Http.client();
		}
		return this.process.launch(this.command);
	}

	boolean isReady() {
		try {
			HttpResponse<String> leader = send("GET", "/v1/status/leader", null, null);
			if (leader.statusCode() != 200 || leader.body().length() < 3) {
				return false;
			}
			String token = this.acl.managementTokenIfAny();
			String path = (token != null) ? "/v1/acl/token/self" : "/v1/health/service/consul?passing";
			HttpResponse<String> proof = send("GET", path, null, token);
			return proof.statusCode() == 200 && proof.body().length() > 2;
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	/**
	 * Ends it (SIGTERM) and waits until it has ended. A server does not leave its cluster
	 * by this.
	 */
	public void stop() {
		this.process.stop();
	}

	/** Ends it at once, as a crash does. */
	public void kill() {
		this.process.kill();
	}

	/**
	 * Kills and starts it on the same ports. A development agent forgets everything by
	 * this.
	 */
	public void restart() {
		kill();
		start();
	}

	/**
	 * Kills it, deletes its data and starts it again on the same ports, as a new
	 * container would.
	 */
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

	/**
	 * Makes it leave the cluster in good order, as {@code consul leave} does, and waits
	 * until it has ended.
	 */
	public void leave() {
		put("/v1/agent/leave");
		this.process.waitForExit();
	}

	public boolean isRunning() {
		return this.process.isRunning();
	}

	@Override
	public ConsulAcl acl() {
		return this.acl;
	}

	@Override
	public URI endpoint() {
		return this.endpoint;
	}

	@Override
	HttpClient http() {
		return this.http;
	}

	public int httpPort() {
		return this.endpoint.getPort();
	}

	/**
	 * What it has logged since it was last started.
	 * @return the text; empty if it was never started
	 */
	public String log() {
		return this.process.log();
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
