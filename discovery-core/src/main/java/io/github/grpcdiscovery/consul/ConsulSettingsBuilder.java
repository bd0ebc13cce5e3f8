package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.InvalidSettingException;

/**
 * Collects the settings of Consul. Each method returns the builder. Not safe for use by
 * several threads.
 *
 * @see ConsulSettings#builder(URI)
 */
public final class ConsulSettingsBuilder {

	final URI agent;

	@Nullable String token;

	@Nullable Path tokenFile;

	@Nullable ConsulTls tls;

	@Nullable String namespace;

	@Nullable String partition;

	ConsulCheck check = ConsulCheck.DEFAULT;

	ConsulQuery query = ConsulQuery.DEFAULT;

	Duration auditInterval = Duration.ofSeconds(5);

	Duration requestTimeout = Duration.ofSeconds(5);

	ConsulSettingsBuilder(URI agent) {
		this.agent = agent;
	}

	/** ACL token, {@code null} for none. Sent as a header, never in a URL. */
	public ConsulSettingsBuilder token(@Nullable String token) {
		this.token = token;
		return this;
	}

	/**
	 * File that holds the ACL token and nothing else, in the place of the token;
	 * {@code null} for none. It may be replaced while we run, as an agent of Vault does
	 * it.
	 */
	public ConsulSettingsBuilder tokenFile(@Nullable Path tokenFile) {
		this.tokenFile = tokenFile;
		return this;
	}

	/**
	 * What TLS is made with; {@code null} for the JVM's defaults. Only for {@code https}.
	 */
	public ConsulSettingsBuilder tls(@Nullable ConsulTls tls) {
		this.tls = tls;
		return this;
	}

	/** Namespace of Consul Enterprise; {@code null} for the token's own. */
	public ConsulSettingsBuilder namespace(@Nullable String namespace) {
		this.namespace = namespace;
		return this;
	}

	/** Admin partition of Consul Enterprise; {@code null} for the agent's own. */
	public ConsulSettingsBuilder partition(@Nullable String partition) {
		this.partition = partition;
		return this;
	}

	/** How Consul finds out whether our instances are well. */
	public ConsulSettingsBuilder check(ConsulCheck check) {
		this.check = check;
		return this;
	}

	/** Which instances are of interest to our clients. */
	public ConsulSettingsBuilder query(ConsulQuery query) {
		this.query = query;
		return this;
	}

	/**
	 * At most how long an instance that is gone from the agent stays unnoticed, 500 ms to
	 * 5 s; defaults to 5 s.
	 */
	public ConsulSettingsBuilder auditInterval(Duration auditInterval) {
		this.auditInterval = auditInterval;
		return this;
	}

	/**
	 * How long to wait for the answer to an operation, 100 ms to 5 m; defaults to 5 s.
	 */
	public ConsulSettingsBuilder requestTimeout(Duration requestTimeout) {
		this.requestTimeout = requestTimeout;
		return this;
	}

	/**
	 * Checks everything and makes the settings. Reads the file of the token.
	 * @return the settings
	 * @throws InvalidSettingException naming the setting, its value unless secret, and
	 * its rule
	 */
	public ConsulSettings build() {
		return new ConsulSettings(this);
	}

}
