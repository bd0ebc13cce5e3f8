package io.github.grpcdiscovery.testsupport;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link ConsulAgent}. Without any setting: a development agent
 * ({@code -dev}), a server of its own that forgets everything when it ends, without ACLs,
 * on free ports that it keeps across restarts.
 */
public final class ConsulAgentBuilder {

	final int httpPort = FreePorts.next();

	final int serfPort = FreePorts.next();

	final int serverPort = FreePorts.next();

	final String name;

	boolean development = true;

	final List<String> settings = new ArrayList<>();

	final List<String> arguments = new ArrayList<>();

	@Nullable String managementToken;

	ConsulAgentBuilder(String name) {
		this.name = name;
	}

	/**
	 * Runs a server that keeps its data on disk, and so knows its services and checks
	 * again after a restart.
	 * @return this
	 */
	public ConsulAgentBuilder persistent() {
		this.development = false;
		return config("server = true").config("bootstrap = true");
	}

	/**
	 * Runs a server of a cluster.
	 * @param size number of servers
	 * @param join ports of the others' gossip
	 * @return this
	 */
	ConsulAgentBuilder serverOf(int size, List<Integer> join) {
		this.development = false;
		return config("server = true").config("bootstrap_expect = " + size).join(join);
	}

	/**
	 * Runs an agent that is no server.
	 * @param join ports of the servers' gossip
	 * @return this
	 */
	ConsulAgentBuilder clientOf(List<Integer> join) {
		this.development = false;
		return config("server = false").join(join);
	}

	private ConsulAgentBuilder join(List<Integer> ports) {
		String addresses = ports.stream().map((port) -> "\"127.0.0.1:" + port + "\"").collect(Collectors.joining(", "));
		return config("retry_join = [" + addresses + "]").config("retry_interval = \"1s\"");
	}

	/**
	 * Denies everything to a request without a token. The agent's own helper methods use
	 * the management token; see {@link ConsulAgent#acl()}.
	 * @return this
	 */
	public ConsulAgentBuilder acl() {
		String token = UUID.randomUUID().toString();
		this.managementToken = token;
		return config("""
				acl {
				  enabled = true
				  default_policy = "deny"
				  policy_ttl = "1s"
				  token_ttl = "1s"
				  tokens { %2$s = "%1$s", agent = "%1$s" }
				}""".formatted(token, isAtLeast("1.11") ? "initial_management" : "master"));
	}

	/**
	 * Adds to the agent's configuration file.
	 * @param hcl such as {@code limits { http_max_conns_per_client = 10 }}
	 * @return this
	 */
	public ConsulAgentBuilder config(String hcl) {
		this.settings.add(hcl);
		return this;
	}

	/**
	 * Adds arguments to the command line of the agent.
	 * @param arguments such as {@code -log-level=debug}
	 * @return this
	 */
	public ConsulAgentBuilder args(String... arguments) {
		this.arguments.addAll(List.of(arguments));
		return this;
	}

	/**
	 * Makes the agent, but does not start it; its ports are known.
	 * @return the agent, stopped
	 */
	public ConsulAgent build() {
		return new ConsulAgent(this);
	}

	/**
	 * Makes the agent and starts it.
	 * @return the agent, ready
	 */
	public ConsulAgent start() {
		ConsulAgent agent = build();
		agent.start();
		return agent;
	}

	/**
	 * The configuration file.
	 * @return text in HCL
	 */
	String hcl() {
		// No request to the outside (check for updates), elections as fast as they can
		// be.
		return """
				node_name = "%s"
				bind_addr = "127.0.0.1"
				client_addr = "127.0.0.1"
				disable_update_check = true
				performance { raft_multiplier = 1, leave_drain_time = "0s" }
				ports {
				  http = %d
				  serf_lan = %d
				  server = %d
				  serf_wan = -1
				  dns = -1
				  grpc = -1
				  %s
				}
				%s
				%s
				""".formatted(this.name, this.httpPort, this.serfPort, this.serverPort,
				isAtLeast("1.14") ? "grpc_tls = -1" : "",
				(isAtLeast("1.10") && !RegistryBinaries.isConsulStreaming()) ? "use_streaming_backend = false" : "",
				String.join("\n", this.settings));
	}

	// An agent refuses to start with a setting that came after it.
	private static boolean isAtLeast(String version) {
		return RegistryBinaries.consulVersion().compareTo(Runtime.Version.parse(version)) >= 0;
	}

}
