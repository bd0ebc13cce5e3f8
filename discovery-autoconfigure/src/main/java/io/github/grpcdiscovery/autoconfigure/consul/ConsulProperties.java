package io.github.grpcdiscovery.autoconfigure.consul;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

import io.github.grpcdiscovery.consul.ConsulCheck;

/**
 * The registry Consul.
 */
@ConfigurationProperties("grpc.discovery.consul")
public class ConsulProperties {

	/**
	 * Host of the Consul agent, which should run on the same machine: a name or an IP
	 * literal. Setting it switches Consul on.
	 */
	private @Nullable String host;

	/**
	 * Port of the agent's HTTP API.
	 */
	private int port = 8500;

	/**
	 * 'http' or 'https'; 'https' always means TLS. By default 'http', or what the host is
	 * written with.
	 */
	private @Nullable String scheme;

	/**
	 * ACL token. Sent as a header, never in a URL.
	 */
	private @Nullable String token;

	/**
	 * File that holds the ACL token and nothing else, in place of 'token'. It is read
	 * again when it changes.
	 */
	private @Nullable Path tokenFile;

	/**
	 * Namespace of Consul Enterprise.
	 */
	private @Nullable String namespace;

	/**
	 * Admin partition of Consul Enterprise.
	 */
	private @Nullable String partition;

	/**
	 * At most how long it takes to notice that the agent has forgotten this instance,
	 * 500ms to 5s.
	 */
	private Duration auditInterval = Duration.ofSeconds(5);

	/**
	 * How long to wait for the answer to an operation.
	 */
	private Duration requestTimeout = Duration.ofSeconds(5);

	private final Check check = new Check();

	private final Query query = new Query();

	private final Ssl ssl = new Ssl();

	public @Nullable String getHost() {
		return this.host;
	}

	public void setHost(@Nullable String host) {
		this.host = host;
	}

	public int getPort() {
		return this.port;
	}

	public void setPort(int port) {
		this.port = port;
	}

	public @Nullable String getScheme() {
		return this.scheme;
	}

	public void setScheme(@Nullable String scheme) {
		this.scheme = scheme;
	}

	public @Nullable String getToken() {
		return this.token;
	}

	public void setToken(@Nullable String token) {
		this.token = token;
	}

	public @Nullable Path getTokenFile() {
		return this.tokenFile;
	}

	public void setTokenFile(@Nullable Path tokenFile) {
		this.tokenFile = tokenFile;
	}

	public @Nullable String getNamespace() {
		return this.namespace;
	}

	public void setNamespace(@Nullable String namespace) {
		this.namespace = namespace;
	}

	public @Nullable String getPartition() {
		return this.partition;
	}

	public void setPartition(@Nullable String partition) {
		this.partition = partition;
	}

	public Duration getAuditInterval() {
		return this.auditInterval;
	}

	public void setAuditInterval(Duration auditInterval) {
		this.auditInterval = auditInterval;
	}

	public Duration getRequestTimeout() {
		return this.requestTimeout;
	}

	public void setRequestTimeout(Duration requestTimeout) {
		this.requestTimeout = requestTimeout;
	}

	public Check getCheck() {
		return this.check;
	}

	public Query getQuery() {
		return this.query;
	}

	public Ssl getSsl() {
		return this.ssl;
	}

	/**
	 * How Consul finds out whether this instance is well.
	 */
	public static class Check {

		/**
		 * How Consul finds out whether this instance is well: 'grpc' (the agent asks by
		 * the gRPC health protocol), 'ttl' (this instance reports to the agent) or
		 * 'none'.
		 */
		private ConsulCheck.Kind kind = ConsulCheck.Kind.GRPC;

		/**
		 * Time between two probes of the agent, at least 1s.
		 */
		private Duration interval = Duration.ofSeconds(5);

		/**
		 * How long the agent waits for the answer to a probe.
		 */
		private Duration timeout = Duration.ofSeconds(2);

		/**
		 * With kind 'ttl': how long an instance is still found after its process died, 2s
		 * to 1d.
		 */
		private Duration ttl = Duration.ofSeconds(15);

		/**
		 * How long an instance may be critical before Consul forgets it, at least 1m.
		 * Longer than the longest outage that is to be survived.
		 */
		private Duration deregisterAfter = Duration.ofMinutes(30);

		/**
		 * Whether the agent probes by TLS. It shows no certificate of its own. Defaults
		 * to what the gRPC server speaks: 'grpc.server.security.enabled', with Spring
		 * Boot's own gRPC 'spring.grpc.server.ssl.*'.
		 */
		private @Nullable Boolean tls;

		/**
		 * Name that the agent verifies this instance's certificate against, where it is
		 * not the advertised host.
		 */
		private @Nullable String tlsServerName;

		/**
		 * Full names of gRPC services that get a probe each, beside the one of the
		 * server.
		 */
		private List<String> services = new ArrayList<>();

		public ConsulCheck.Kind getKind() {
			return this.kind;
		}

		public void setKind(ConsulCheck.Kind kind) {
			this.kind = kind;
		}

		public Duration getInterval() {
			return this.interval;
		}

		public void setInterval(Duration interval) {
			this.interval = interval;
		}

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

		public Duration getTtl() {
			return this.ttl;
		}

		public void setTtl(Duration ttl) {
			this.ttl = ttl;
		}

		public Duration getDeregisterAfter() {
			return this.deregisterAfter;
		}

		public void setDeregisterAfter(Duration deregisterAfter) {
			this.deregisterAfter = deregisterAfter;
		}

		public @Nullable Boolean getTls() {
			return this.tls;
		}

		public void setTls(@Nullable Boolean tls) {
			this.tls = tls;
		}

		public @Nullable String getTlsServerName() {
			return this.tlsServerName;
		}

		public void setTlsServerName(@Nullable String tlsServerName) {
			this.tlsServerName = tlsServerName;
		}

		public List<String> getServices() {
			return this.services;
		}

		public void setServices(List<String> services) {
			this.services = services;
		}

	}

	/**
	 * Which instances of other services are called.
	 */
	public static class Query {

		/**
		 * Datacenter to look in; by default the agent's own.
		 */
		private @Nullable String datacenter;

		/**
		 * Tags that an instance must have all of.
		 */
		private List<String> tags = new ArrayList<>();

		/**
		 * Node that instances are sorted by distance from, or '_agent'.
		 */
		private @Nullable String near;

		/**
		 * Expression of Consul's filter language, such as 'Service.Meta.zone == "a"'.
		 */
		private @Nullable String filter;

		/**
		 * Whether to call only instances of which every check is passing. By default also
		 * those with a check in 'warning' are called, as by Consul's own DNS; those with
		 * a 'critical' one never are.
		 */
		private boolean passing;

		/**
		 * Whether to call nobody when the probes of Consul reach no instance of a service
		 * any more. By default those that were called before and accept connections stay
		 * in use, with one warning, since the fault may be the agent's alone.
		 */
		private boolean failTrafficOnPanic;

		/**
		 * How long Consul holds a query while nothing changes, 1s to 10m.
		 */
		private Duration wait = Duration.ofSeconds(55);

		public @Nullable String getDatacenter() {
			return this.datacenter;
		}

		public void setDatacenter(@Nullable String datacenter) {
			this.datacenter = datacenter;
		}

		public List<String> getTags() {
			return this.tags;
		}

		public void setTags(List<String> tags) {
			this.tags = tags;
		}

		public @Nullable String getNear() {
			return this.near;
		}

		public void setNear(@Nullable String near) {
			this.near = near;
		}

		public @Nullable String getFilter() {
			return this.filter;
		}

		public void setFilter(@Nullable String filter) {
			this.filter = filter;
		}

		public boolean isFailTrafficOnPanic() {
			return this.failTrafficOnPanic;
		}

		public void setFailTrafficOnPanic(boolean failTrafficOnPanic) {
			this.failTrafficOnPanic = failTrafficOnPanic;
		}

		public boolean isPassing() {
			return this.passing;
		}

		public void setPassing(boolean passing) {
			this.passing = passing;
		}

		public Duration getWait() {
			return this.wait;
		}

		public void setWait(Duration wait) {
			this.wait = wait;
		}

	}

	/**
	 * TLS towards the agent.
	 */
	public static class Ssl {

		/**
		 * Name of the SSL bundle ('spring.ssl.bundle.*') that says which agent is trusted
		 * and, for mutual TLS, which certificate is shown to it. Without it, 'https' is
		 * verified against the JVM's trust store.
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
