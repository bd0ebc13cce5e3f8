package io.github.grpcdiscovery.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InvalidSettingException;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * How to reach etcd and how to be registered in it. Immutable.
 *
 * <pre>{@code
 * EtcdSettings.builder(URI.create("https://etcd:2379")).credentials("me", password).build();
 * }</pre>
 */
public final class EtcdSettings {

	/** How long an instance outlives its process by default. */
	public static final Duration DEFAULT_TTL = Duration.ofSeconds(15);

	private static final Duration LONGEST_RENEWAL = Duration.ofSeconds(10);

	private final List<EtcdEndpoint> members;

	private final List<URI> endpoints;

	private final @Nullable String user;

	private final @Nullable String password;

	private final @Nullable EtcdTls tls;

	private final @Nullable String authority;

	private final String namespace;

	private final Duration ttl;

	private final Duration requestTimeout;

	private final Duration connectTimeout;

	private final Duration keepAliveTime;

	private final Duration keepAliveTimeout;

	EtcdSettings(EtcdSettingsBuilder builder) {
		this.members = EtcdSettingsRules.requireMembers(builder.endpoints);
		this.endpoints = this.members.stream().map(EtcdEndpoint::toUri).toList();
		EtcdSettingsRules.requireCredentials(builder.user, builder.password);
		this.user = builder.user;
		this.password = builder.password;
		this.tls = EtcdSettingsRules.requireTls(builder.tls, this.members.get(0));
		this.authority = EtcdSettingsRules.requireAuthority(builder.authority);
		this.namespace = EtcdSettingsRules.requireNamespace(builder.namespace);
		this.ttl = EtcdSettingsRules.requireTtl(builder.ttl);
		this.requestTimeout = EtcdSettingsRules.requireTimeout("request-timeout", builder.requestTimeout);
		this.connectTimeout = EtcdSettingsRules.requireTimeout("connect-timeout", builder.connectTimeout);
		this.keepAliveTime = EtcdSettingsRules.requireKeepAliveTime(builder.keepAliveTime);
		this.keepAliveTimeout = EtcdSettingsRules.requireTimeout("keep-alive-timeout", builder.keepAliveTimeout);
	}

	/**
	 * Begins with the defaults.
	 * @param endpoints where etcd listens, at least one, all {@code http} or all
	 * {@code https}, which always means TLS; the port defaults to 2379
	 * @return checks everything when it builds
	 */
	public static EtcdSettingsBuilder builder(URI... endpoints) {
		return new EtcdSettingsBuilder(Arrays.stream(endpoints).map(URI::toString).toList());
	}

	/**
	 * Begins with the defaults.
	 * @param endpoints where etcd listens, as people write it: {@code http://host:port},
	 * {@code https://host:port} or {@code host:port}, which means {@code http}
	 * @return checks everything when it builds
	 */
	public static EtcdSettingsBuilder builder(List<String> endpoints) {
		return new EtcdSettingsBuilder(endpoints);
	}

	/**
	 * Settings with the defaults.
	 * @param endpoints where etcd listens
	 * @return the settings
	 * @throws InvalidSettingException if an endpoint breaks its rule
	 */
	public static EtcdSettings of(URI... endpoints) {
		return builder(endpoints).build();
	}

	/**
	 * Settings with the defaults.
	 * @param endpoints where etcd listens
	 * @return the settings
	 * @throws InvalidSettingException if an endpoint breaks its rule
	 */
	public static EtcdSettings of(List<URI> endpoints) {
		return builder(endpoints.toArray(URI[]::new)).build();
	}

	/**
	 * Begins a changed copy.
	 * @return a builder that has everything of these settings
	 */
	public EtcdSettingsBuilder toBuilder() {
		return builder(this.endpoints.toArray(URI[]::new)).credentials(this.user, this.password)
			.tls(this.tls)
			.authority(this.authority)
			.namespace(this.namespace)
			.ttl(this.ttl)
			.requestTimeout(this.requestTimeout)
			.connectTimeout(this.connectTimeout)
			.keepAliveTime(this.keepAliveTime)
			.keepAliveTimeout(this.keepAliveTimeout);
	}

	/** Where etcd listens, in its shortest form with a port; immutable. */
	public List<URI> endpoints() {
		return this.endpoints;
	}

	/**
	 * Host and port of each endpoint.
	 * @return in the order of {@link #endpoints()}
	 */
	public List<HostAndPort> addresses() {
		return this.members.stream().map(EtcdEndpoint::address).toList();
	}

	List<EtcdEndpoint> members() {
		return this.members;
	}

	/** User to authenticate as, if any. */
	public @Nullable String user() {
		return this.user;
	}

	/** The user's password, if there is a user. */
	public @Nullable String password() {
		return this.password;
	}

	/** What TLS is made with, where it is not the JVM's defaults. */
	public @Nullable EtcdTls tls() {
		return this.tls;
	}

	/** Name that certificates are verified against, where it is not the endpoint's. */
	public @Nullable String authority() {
		return this.authority;
	}

	/** Beginning of every key: empty, or ends in {@code /}. */
	public String namespace() {
		return this.namespace;
	}

	/** How long an instance outlives its process. */
	public Duration ttl() {
		return this.ttl;
	}

	/** How long to wait for one answer. */
	public Duration requestTimeout() {
		return this.requestTimeout;
	}

	/** How long to wait for a TCP connection. */
	public Duration connectTimeout() {
		return this.connectTimeout;
	}

	/** How long a connection may be silent before it is probed. */
	public Duration keepAliveTime() {
		return this.keepAliveTime;
	}

	/** How long to wait for the answer to a probe. */
	public Duration keepAliveTimeout() {
		return this.keepAliveTimeout;
	}

	/**
	 * The registry as a person would name it, without secrets.
	 * @return such as {@code etcd (http://127.0.0.1:2379)}
	 */
	String description() {
		return this.endpoints.stream().map(URI::toString).collect(Collectors.joining(", ", "etcd (", ")"));
	}

	/**
	 * How long an answer to a renewal is of use: as long as the lease may live after a
	 * third of it, but no connection is waited for longer than ten seconds.
	 */
	Duration renewalTimeout() {
		Duration twoThirds = this.ttl.multipliedBy(2).dividedBy(3);
		return (twoThirds.compareTo(LONGEST_RENEWAL) < 0) ? twoThirds : LONGEST_RENEWAL;
	}

	boolean sendsPasswordInTheClear() {
		return this.password != null
				&& this.members.stream().anyMatch((member) -> !member.tls() && !member.address().isLoopback());
	}

	private List<@Nullable Object> components() {
		return Arrays.asList(this.endpoints, this.user, this.password, this.tls, this.authority, this.namespace,
				this.ttl, this.requestTimeout, this.connectTimeout, this.keepAliveTime, this.keepAliveTimeout);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof EtcdSettings that && components().equals(that.components()));
	}

	@Override
	public int hashCode() {
		return components().hashCode();
	}

	/**
	 * All but the password.
	 */
	@Override
	public String toString() {
		return "EtcdSettings[endpoints=%s, user=%s, tls=%s, authority=%s, namespace='%s', ttl=%s, requestTimeout=%s, connectTimeout=%s, keepAliveTime=%s, keepAliveTimeout=%s]"
			.formatted(this.endpoints, (this.user != null) ? Printable.of(this.user) : null, this.tls, this.authority,
					this.namespace, this.ttl, this.requestTimeout, this.connectTimeout, this.keepAliveTime,
					this.keepAliveTimeout);
	}

}
