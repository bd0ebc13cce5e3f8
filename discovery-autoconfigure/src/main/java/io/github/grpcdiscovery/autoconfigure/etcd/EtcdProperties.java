package io.github.grpcdiscovery.autoconfigure.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The registry etcd.
 */
@ConfigurationProperties("grpc.discovery.etcd")
public class EtcdProperties {

	/**
	 * Where etcd listens: one or more of 'http://host:port' or 'https://host:port', all
	 * of one kind; 'https' always means TLS. Setting it switches etcd on.
	 */
	private List<String> endpoints = new ArrayList<>();

	/**
	 * User to authenticate as. Needs a password, too.
	 */
	private @Nullable String user;

	/**
	 * Password of the user.
	 */
	private @Nullable String password;

	/**
	 * Beginning of every key, such as 'grpc/'. Empty by default, where clients in other
	 * languages look.
	 */
	private String namespace = "";

	/**
	 * How long an instance is still found after its process died without leaving: whole
	 * seconds, 3s to 1d.
	 */
	private Duration ttl = Duration.ofSeconds(15);

	/**
	 * Name that the server's certificate is verified against, where that is not the host
	 * of the endpoint.
	 */
	private @Nullable String authority;

	/**
	 * How long to wait for one answer of etcd.
	 */
	private Duration requestTimeout = Duration.ofSeconds(3);

	/**
	 * How long to wait for a connection to etcd.
	 */
	private Duration connectTimeout = Duration.ofSeconds(3);

	/**
	 * How long a connection may be silent before it is probed, at least 10s.
	 */
	private Duration keepAliveTime = Duration.ofSeconds(10);

	/**
	 * How long to wait for the answer to a probe before the connection is given up.
	 */
	private Duration keepAliveTimeout = Duration.ofSeconds(10);

	private final Ssl ssl = new Ssl();

	public List<String> getEndpoints() {
		return this.endpoints;
	}

	public void setEndpoints(List<String> endpoints) {
		this.endpoints = endpoints;
	}

	public @Nullable String getUser() {
		return this.user;
	}

	public void setUser(@Nullable String user) {
		this.user = user;
	}

	public @Nullable String getPassword() {
		return this.password;
	}

	public void setPassword(@Nullable String password) {
		this.password = password;
	}

	public String getNamespace() {
		return this.namespace;
	}

	public void setNamespace(String namespace) {
		this.namespace = namespace;
	}

	public Duration getTtl() {
		return this.ttl;
	}

	public void setTtl(Duration ttl) {
		this.ttl = ttl;
	}

	public @Nullable String getAuthority() {
		return this.authority;
	}

	public void setAuthority(@Nullable String authority) {
		this.authority = authority;
	}

	public Duration getRequestTimeout() {
		return this.requestTimeout;
	}

	public void setRequestTimeout(Duration requestTimeout) {
		this.requestTimeout = requestTimeout;
	}

	public Duration getConnectTimeout() {
		return this.connectTimeout;
	}

	public void setConnectTimeout(Duration connectTimeout) {
		this.connectTimeout = connectTimeout;
	}

	public Duration getKeepAliveTime() {
		return this.keepAliveTime;
	}

	public void setKeepAliveTime(Duration keepAliveTime) {
		this.keepAliveTime = keepAliveTime;
	}

	public Duration getKeepAliveTimeout() {
		return this.keepAliveTimeout;
	}

	public void setKeepAliveTimeout(Duration keepAliveTimeout) {
		this.keepAliveTimeout = keepAliveTimeout;
	}

	public Ssl getSsl() {
		return this.ssl;
	}

	/**
	 * TLS towards etcd.
	 */
	public static class Ssl {

		/**
		 * Name of the SSL bundle ('spring.ssl.bundle.*') that says which server is
		 * trusted and, for mutual TLS, which certificate is shown to it. Without it,
		 * 'https' endpoints are verified against the JVM's trust store.
		 */
		private @Nullable String bundle;

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

	}

}
