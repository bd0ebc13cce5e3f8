package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.InvalidSettingException;

/**
 * Collects the settings of etcd. Each method returns the builder. Not safe for use by
 * several threads.
 *
 * @see EtcdSettings#builder(java.net.URI...)
 */
public final class EtcdSettingsBuilder {

	final List<String> endpoints;

	@Nullable String user;

	@Nullable String password;

	@Nullable EtcdTls tls;

	@Nullable String authority;

	String namespace = "";

	Duration ttl = EtcdSettings.DEFAULT_TTL;

	Duration requestTimeout = Duration.ofSeconds(3);

	Duration connectTimeout = Duration.ofSeconds(3);

	Duration keepAliveTime = Duration.ofSeconds(10);

	Duration keepAliveTimeout = Duration.ofSeconds(10);

	EtcdSettingsBuilder(List<String> endpoints) {
		this.endpoints = List.copyOf(endpoints);
	}

	/** User to authenticate as and its password; both {@code null} for none. */
	public EtcdSettingsBuilder credentials(@Nullable String user, @Nullable String password) {
		this.user = user;
		this.password = password;
		return this;
	}

	/**
	 * What TLS is made with; {@code null} for the JVM's defaults. Only for {@code https}.
	 */
	public EtcdSettingsBuilder tls(@Nullable EtcdTls tls) {
		this.tls = tls;
		return this;
	}

	/**
	 * The name that the server's certificate is verified against, where it is not the
	 * endpoint's host.
	 */
	public EtcdSettingsBuilder authority(@Nullable String authority) {
		this.authority = authority;
		return this;
	}

	/**
	 * Beginning of every key, such as {@code grpc/}; the last {@code /} is added where it
	 * is missing. Empty by default, as grpc-go's clients expect.
	 */
	public EtcdSettingsBuilder namespace(String namespace) {
		this.namespace = namespace;
		return this;
	}

	/**
	 * How long an instance outlives its process, in whole seconds, 3 s to 1 day; defaults
	 * to 15 s.
	 */
	public EtcdSettingsBuilder ttl(Duration ttl) {
		this.ttl = ttl;
		return this;
	}

	/** How long to wait for one answer, 100 ms to 5 m; defaults to 3 s. */
	public EtcdSettingsBuilder requestTimeout(Duration requestTimeout) {
		this.requestTimeout = requestTimeout;
		return this;
	}

	/** How long to wait for a TCP connection, 100 ms to 5 m; defaults to 3 s. */
	public EtcdSettingsBuilder connectTimeout(Duration connectTimeout) {
		this.connectTimeout = connectTimeout;
		return this;
	}

	/**
	 * How long a connection may be silent before it is probed, 10 s to 5 m; defaults to
	 * 10 s.
	 */
	public EtcdSettingsBuilder keepAliveTime(Duration keepAliveTime) {
		this.keepAliveTime = keepAliveTime;
		return this;
	}

	/** How long to wait for the answer to a probe, 100 ms to 5 m; defaults to 10 s. */
	public EtcdSettingsBuilder keepAliveTimeout(Duration keepAliveTimeout) {
		this.keepAliveTimeout = keepAliveTimeout;
		return this;
	}

	/**
	 * Checks everything and makes the settings.
	 * @return the settings
	 * @throws InvalidSettingException naming the setting, its value unless secret, and
	 * its rule
	 */
	public EtcdSettings build() {
		return new EtcdSettings(this);
	}

}
