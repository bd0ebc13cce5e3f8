package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Durations;

/**
 * How to reach Consul and how to be registered in it. Immutable; {@link #of(URI)} gives
 * the defaults and the {@code with} methods change one thing each.
 *
 * @param agent where the agent listens, such as {@code http://127.0.0.1:8500}.
 * {@code https} always means TLS
 * @param token ACL token, {@code null} for none. Sent as a header, never in a URL
 * @param tokenFile file that holds the ACL token, in the place of {@code token};
 * {@code null} for none. It is read again when it changes
 * @param tls what TLS is made with; {@code null} for the JVM's defaults. Only for
 * {@code https}
 * @param namespace namespace of Consul Enterprise; {@code null} for the token's own
 * @param partition admin partition of Consul Enterprise; {@code null} for the agent's own
 * @param check how Consul finds out whether our instances are well
 * @param query which instances are of interest to our clients
 * @param auditInterval at most how long an instance that is gone from the agent stays
 * unnoticed, 500 ms to 5 s; 5 s unless told
 * @param requestTimeout how long to wait for the answer to an operation; 5 s unless told
 */
public record ConsulSettings(URI agent, @Nullable String token, @Nullable Path tokenFile, @Nullable ConsulTls tls,
		@Nullable String namespace, @Nullable String partition, ConsulCheck check, ConsulQuery query,
		Duration auditInterval, Duration requestTimeout) {

	/** Port of an agent's HTTP API unless told. */
	public static final int DEFAULT_PORT = AgentAddress.DEFAULT_PORT;

	private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);

	// what a header may hold without being able to end it
	static final Pattern TOKEN = Pattern.compile("[!-~]{1,4096}");

	/**
	 * Checks every component and brings the address into its normal form.
	 * @throws IllegalArgumentException naming the component, its value unless secret, and
	 * the rule
	 */
	public ConsulSettings {
		agent = AgentAddress.of(agent).toUri();
		if (token != null && !TOKEN.matcher(token).matches()) {
			throw new IllegalArgumentException(
					"token: <hidden> (expected: visible ASCII characters without spaces; no token at all to use none)");
		}
		if (token != null && tokenFile != null) {
			throw new IllegalArgumentException(
					"token-file: '%s' (expected: a token or a file that holds it, not both)".formatted(tokenFile));
		}
		if (tls != null && !"https".equals(agent.getScheme())) {
			throw new IllegalArgumentException("scheme: 'http' (expected: https, since TLS is configured)");
		}
		ConsulQuery.requireText("namespace", namespace);
		ConsulQuery.requireText("partition", partition);
		Durations.require("audit-interval", auditInterval, Duration.ofMillis(500), FIVE_SECONDS);
		Durations.require("request-timeout", requestTimeout, Duration.ofMillis(100), Duration.ofMinutes(5));
	}

	/**
	 * Settings with the defaults.
	 * @param agent where the agent listens
	 * @return the settings
	 * @throws IllegalArgumentException if the address breaks its rule
	 */
	public static ConsulSettings of(URI agent) {
		return new ConsulSettings(agent, null, null, null, null, null, ConsulCheck.DEFAULT, ConsulQuery.DEFAULT,
				FIVE_SECONDS, FIVE_SECONDS);
	}

	/**
	 * Reads an agent's address as people write it.
	 * @param host host name or IP literal, IPv6 with or without brackets; a scheme before
	 * it is tolerated unless it contradicts
	 * @param port 1 to 65535
	 * @param scheme {@code http} or {@code https}; {@code null} for that of the host,
	 * else {@code http}
	 * @return the address
	 * @throws IllegalArgumentException naming what is wrong, unless it may be a password,
	 * and the rule
	 */
	public static URI agent(String host, int port, @Nullable String scheme) {
		return AgentAddress.parse(host, port, scheme).toUri();
	}

	/**
	 * With an ACL token.
	 * @param token {@code null} for none
	 * @return a changed copy
	 */
	public ConsulSettings withToken(@Nullable String token) {
		return new ConsulSettings(this.agent, token, this.tokenFile, this.tls, this.namespace, this.partition,
				this.check, this.query, this.auditInterval, this.requestTimeout);
	}

	/**
	 * With an ACL token in a file, which may be replaced while we run, as an agent of
	 * Vault's does it.
	 * @param tokenFile the file, which holds nothing else; {@code null} for none
	 * @return a changed copy
	 * @throws IllegalArgumentException if it cannot be read or holds no token
	 */
	public ConsulSettings withTokenFile(@Nullable Path tokenFile) {
		if (tokenFile != null) {
			ConsulToken.read(tokenFile);
		}
		return new ConsulSettings(this.agent, this.token, tokenFile, this.tls, this.namespace, this.partition,
				this.check, this.query, this.auditInterval, this.requestTimeout);
	}

	/**
	 * With what TLS is made with.
	 * @param tls trust and key
	 * @return a changed copy
	 */
	public ConsulSettings withTls(@Nullable ConsulTls tls) {
		return new ConsulSettings(this.agent, this.token, this.tokenFile, tls, this.namespace, this.partition,
				this.check, this.query, this.auditInterval, this.requestTimeout);
	}

	/**
	 * In a namespace and partition of Consul Enterprise.
	 * @param namespace {@code null} for the token's own
	 * @param partition {@code null} for the agent's own
	 * @return a changed copy
	 */
	public ConsulSettings withNamespace(@Nullable String namespace, @Nullable String partition) {
		return new ConsulSettings(this.agent, this.token, this.tokenFile, this.tls, namespace, partition, this.check,
				this.query, this.auditInterval, this.requestTimeout);
	}

	/**
	 * With another check.
	 * @param check how Consul finds out whether our instances are well
	 * @return a changed copy
	 */
	public ConsulSettings withCheck(ConsulCheck check) {
		return new ConsulSettings(this.agent, this.token, this.tokenFile, this.tls, this.namespace, this.partition,
				check, this.query, this.auditInterval, this.requestTimeout);
	}

	/**
	 * With another query.
	 * @param query which instances are of interest
	 * @return a changed copy
	 */
	public ConsulSettings withQuery(ConsulQuery query) {
		return new ConsulSettings(this.agent, this.token, this.tokenFile, this.tls, this.namespace, this.partition,
				this.check, query, this.auditInterval, this.requestTimeout);
	}

	/**
	 * With another time between audits.
	 * @param auditInterval 500 ms to 5 s
	 * @return a changed copy
	 */
	public ConsulSettings withAuditInterval(Duration auditInterval) {
		return new ConsulSettings(this.agent, this.token, this.tokenFile, this.tls, this.namespace, this.partition,
				this.check, this.query, auditInterval, this.requestTimeout);
	}

	/**
	 * With another timeout of operations.
	 * @param requestTimeout how long to wait for an answer
	 * @return a changed copy
	 */
	public ConsulSettings withRequestTimeout(Duration requestTimeout) {
		return new ConsulSettings(this.agent, this.token, this.tokenFile, this.tls, this.namespace, this.partition,
				this.check, this.query, this.auditInterval, requestTimeout);
	}

	/**
	 * How to reach an agent that only a target names. The token is for the configured
	 * agent alone, and its namespace and partition are names there. What TLS is made with
	 * holds no secret that is sent, and the agent has to prove itself to it first.
	 * @param agent where it listens
	 * @return settings without what another agent must not or cannot know
	 */
	ConsulSettings ofOtherAgent(URI agent) {
		return new ConsulSettings(agent, null, null, "https".equals(agent.getScheme()) ? this.tls : null, null, null,
				this.check, this.query, this.auditInterval, this.requestTimeout);
	}

	static void requireHost(String name, String host) {
		AgentAddress.requireHost(name, host);
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
		return (this.token != null || this.tokenFile != null) && "http".equals(this.agent.getScheme())
				&& !AgentAddress.of(this.agent).isLoopback();
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
