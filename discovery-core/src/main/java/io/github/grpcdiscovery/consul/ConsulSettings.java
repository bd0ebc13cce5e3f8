package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.InvalidSettingException;

/**
 * How to reach Consul and how to be registered in it. Immutable.
 *
 * <pre>{@code
 * ConsulSettings.builder(URI.create("https://consul:8501")).token(token).build();
 * }</pre>
 */
public final class ConsulSettings {

	/** Port of an agent's HTTP API by default. */
	public static final int DEFAULT_PORT = AgentAddress.DEFAULT_PORT;

	private final AgentAddress address;

	private final URI agent;

	private final @Nullable String token;

	private final @Nullable Path tokenFile;

	private final @Nullable ConsulTls tls;

	private final @Nullable String namespace;

	private final @Nullable String partition;

	private final ConsulCheck check;

	private final ConsulQuery query;

	private final Duration auditInterval;

	private final Duration requestTimeout;

	ConsulSettings(ConsulSettingsBuilder builder) {
		this.address = AgentAddress.of(builder.agent);
		this.agent = this.address.toUri();
		this.token = ConsulToken.require(builder.token);
		this.tokenFile = requireTokenFile(builder.tokenFile, this.token);
		this.tls = builder.tls;
		if (this.tls != null && !this.address.tls()) {
			throw InvalidSettingException.described("tls", "set for " + this.agent, "an https:// agent");
		}
		this.namespace = ConsulQuery.requireText("namespace", builder.namespace);
		this.partition = ConsulQuery.requireText("partition", builder.partition);
		this.check = builder.check;
		this.query = builder.query;
		this.auditInterval = InvalidSettingException.requireBetween("audit-interval", builder.auditInterval,
				Duration.ofMillis(500), Duration.ofSeconds(5));
		this.requestTimeout = InvalidSettingException.requireBetween("request-timeout", builder.requestTimeout,
				Duration.ofMillis(100), Duration.ofMinutes(5));
	}

	private static @Nullable Path requireTokenFile(@Nullable Path file, @Nullable String token) {
		if (file != null && token != null) {
			throw InvalidSettingException.of("token-file", file, "a token or a file that holds it, not both");
		}
		if (file != null) {
			ConsulToken.read(file);
		}
		return file;
	}

	/**
	 * Begins with the defaults.
	 * @param agent where the agent listens, such as {@code http://127.0.0.1:8500};
	 * {@code https} always means TLS
	 * @return checks everything when it builds
	 */
	public static ConsulSettingsBuilder builder(URI agent) {
		return new ConsulSettingsBuilder(agent);
	}

	/**
	 * Settings with the defaults.
	 * @param agent where the agent listens
	 * @return the settings
	 * @throws InvalidSettingException if the address breaks its rule
	 */
	public static ConsulSettings of(URI agent) {
		return builder(agent).build();
	}

	/**
	 * Reads an agent's address as people write it.
	 * @param host host name or IP literal, IPv6 with or without brackets; a scheme before
	 * it is tolerated unless it contradicts
	 * @param port 1 to 65535
	 * @param scheme {@code http} or {@code https}; {@code null} for that of the host,
	 * else {@code http}
	 * @return the address
	 * @throws InvalidSettingException naming what is wrong, unless it may be a password,
	 * and the rule
	 */
	public static URI agent(String host, int port, @Nullable String scheme) {
		return AgentAddress.parse(host, port, scheme).toUri();
	}

	/**
	 * Begins a changed copy.
	 * @return a builder that has everything of these settings
	 */
	public ConsulSettingsBuilder toBuilder() {
		return builder(this.agent).token(this.token)
			.tokenFile(this.tokenFile)
			.tls(this.tls)
			.namespace(this.namespace)
			.partition(this.partition)
			.check(this.check)
			.query(this.query)
			.auditInterval(this.auditInterval)
			.requestTimeout(this.requestTimeout);
	}

	/** Where the agent listens, in its shortest form with a port. */
	public URI agent() {
		return this.agent;
	}

	/** ACL token, if any. */
	public @Nullable String token() {
		return this.token;
	}

	/** File that holds the ACL token, if any. */
	public @Nullable Path tokenFile() {
		return this.tokenFile;
	}

	/** What TLS is made with, where it is not the JVM's defaults. */
	public @Nullable ConsulTls tls() {
		return this.tls;
	}

	/** Namespace of Consul Enterprise, where it is not the token's own. */
	public @Nullable String namespace() {
		return this.namespace;
	}

	/** Admin partition of Consul Enterprise, where it is not the agent's own. */
	public @Nullable String partition() {
		return this.partition;
	}

	/** How Consul finds out whether our instances are well. */
	public ConsulCheck check() {
		return this.check;
	}

	/** Which instances are of interest to our clients. */
	public ConsulQuery query() {
		return this.query;
	}

	/** At most how long an instance that is gone from the agent stays unnoticed. */
	public Duration auditInterval() {
		return this.auditInterval;
	}

	/** How long to wait for the answer to an operation. */
	public Duration requestTimeout() {
		return this.requestTimeout;
	}

	/**
	 * How to reach an agent that only a target names. The token is for the configured
	 * agent alone, and its namespace and partition are names there. What TLS is made with
	 * holds no secret that is sent, and the agent has to prove itself to it first.
	 * @param agent where it listens
	 * @return settings without what another agent must not or cannot know
	 */
	ConsulSettings ofOtherAgent(URI agent) {
		return builder(agent).tls("https".equals(agent.getScheme()) ? this.tls : null)
			.check(this.check)
			.query(this.query)
			.auditInterval(this.auditInterval)
			.requestTimeout(this.requestTimeout)
			.build();
	}

	/**
	 * The parameters of a request, in our namespace and partition.
	 * @param parameters encoded {@code name=value} texts
	 * @return those, and what belongs to every request
	 */
	List<String> inScope(List<String> parameters) {
		List<String> all = new ArrayList<>(parameters);
		UrlParameter.add(all, "ns", this.namespace);
		UrlParameter.add(all, "partition", this.partition);
		return all;
	}

	/**
	 * The registry as a person would name it, without secrets.
	 * @return such as {@code consul (http://127.0.0.1:8500)}
	 */
	String description() {
		return "consul (" + this.agent + ")";
	}

	/**
	 * Whether the token crosses a network unencrypted.
	 * @return {@code false} also where the agent is on this machine
	 */
	boolean sendsTokenInTheClear() {
		return (this.token != null || this.tokenFile != null) && !this.address.tls()
				&& !this.address.address().isLoopback();
	}

	private List<@Nullable Object> components() {
		return Arrays.asList(this.agent, this.token, this.tokenFile, this.tls, this.namespace, this.partition,
				this.check, this.query, this.auditInterval, this.requestTimeout);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof ConsulSettings that && components().equals(that.components()));
	}

	@Override
	public int hashCode() {
		return components().hashCode();
	}

	/**
	 * All but the token.
	 */
	@Override
	public String toString() {
		return "ConsulSettings[agent=%s, token=%s, tokenFile=%s, tls=%s, namespace=%s, partition=%s, check=%s, query=%s, auditInterval=%s, requestTimeout=%s]"
			.formatted(this.agent, (this.token != null) ? "<hidden>" : null, this.tokenFile, this.tls, this.namespace,
					this.partition, this.check, this.query, this.auditInterval, this.requestTimeout);
	}

}
