package io.github.grpcdiscovery.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * How to reach etcd and how to be registered in it. Immutable; {@link #of(URI...)} gives
 * the defaults and the {@code with} methods change one thing each.
 *
 * @param endpoints where etcd listens, at least one, all {@code http} or all
 * {@code https}; port 2379 unless told. {@code https} always means TLS
 * @param user user to authenticate as, together with the password; {@code null} for none
 * @param password the user's password
 * @param tls what TLS is made with; {@code null} for the JVM's defaults. Only for
 * {@code https}
 * @param authority the name that the server's certificate is verified against, where it
 * is not the endpoint's host
 * @param namespace beginning of every key, ending in {@code /}, which is added where it
 * is missing; empty by default, as grpc-go's clients expect
 * @param ttl how long an instance outlives its process, in whole seconds, 3 s to 1 day;
 * 15 s unless told
 * @param requestTimeout how long to wait for one answer; 3 s unless told
 * @param connectTimeout how long to wait for a TCP connection; 3 s unless told
 * @param keepAliveTime how long a connection may be silent before it is probed, 10 s or
 * more; 10 s unless told
 * @param keepAliveTimeout how long to wait for the answer to a probe; 10 s unless told
 */
public record EtcdSettings(List<URI> endpoints, @Nullable String user, @Nullable String password, @Nullable EtcdTls tls,
		@Nullable String authority, String namespace, Duration ttl, Duration requestTimeout, Duration connectTimeout,
		Duration keepAliveTime, Duration keepAliveTimeout) {

	/** How long an instance outlives its process, unless told. */
	public static final Duration DEFAULT_TTL = Duration.ofSeconds(15);

	/** With less there is no time for a new connection before the lease ends. */
	private static final Duration MIN_TTL = Duration.ofSeconds(3);

	private static final Duration MAX_TTL = Duration.ofDays(1);

	private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);

	private static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);

	private static final Duration MIN_KEEP_ALIVE = Duration.ofSeconds(10);

	private static final Pattern NAMESPACE = Pattern.compile("/|/?([^/\\s\\p{Cntrl}]+/)*");

	private static final int MAX_NAMESPACE = 256;

	/**
	 * Checks every component and brings endpoints and namespace into their normal form.
	 * @throws IllegalArgumentException naming the component, its value unless secret, and
	 * the rule
	 */
	public EtcdSettings {
		endpoints = checkedEndpoints(endpoints);
		checkCredentials(user, password);
		if (tls != null && !"https".equals(endpoints.get(0).getScheme())) {
			throw new IllegalArgumentException(
					"endpoints[0]: '%s' (expected: https://, since TLS is configured)".formatted(endpoints.get(0)));
		}
		if (authority != null) {
			checkAuthority(authority);
		}
		namespace = checkedNamespace(namespace);
		Durations.require("ttl", ttl, MIN_TTL, MAX_TTL);
		if (ttl.getNano() != 0) {
			throw new IllegalArgumentException("ttl: %s (expected: whole seconds)".formatted(Durations.text(ttl)));
		}
		Durations.require("request-timeout", requestTimeout, MIN_TIMEOUT, MAX_TIMEOUT);
		Durations.require("connect-timeout", connectTimeout, MIN_TIMEOUT, MAX_TIMEOUT);
		Durations.require("keep-alive-time", keepAliveTime, MIN_KEEP_ALIVE, MAX_TIMEOUT);
		Durations.require("keep-alive-timeout", keepAliveTimeout, MIN_TIMEOUT, MAX_TIMEOUT);
	}

	/**
	 * Settings with the defaults.
	 * @param endpoints where etcd listens
	 * @return the settings
	 * @throws IllegalArgumentException if an endpoint breaks its rule
	 */
	public static EtcdSettings of(URI... endpoints) {
		return of(List.of(endpoints));
	}

	/**
	 * Settings with the defaults.
	 * @param endpoints where etcd listens
	 * @return the settings
	 * @throws IllegalArgumentException if an endpoint breaks its rule
	 */
	public static EtcdSettings of(List<URI> endpoints) {
		return new EtcdSettings(endpoints, null, null, null, null, "", DEFAULT_TTL, Duration.ofSeconds(3),
				Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(10));
	}

	/**
	 * Reads an endpoint as people write it.
	 * @param text {@code http://host:port}, {@code https://host:port} or
	 * {@code host:port}, which means {@code http}
	 * @return the endpoint
	 * @throws IllegalArgumentException naming the text, unless it may hold a password,
	 * and the rule
	 */
	public static URI parseEndpoint(String text) {
		return EtcdEndpoint.parse(text);
	}

	/**
	 * With a user.
	 * @param user the user's name
	 * @param password the user's password
	 * @return a changed copy
	 */
	public EtcdSettings withCredentials(@Nullable String user, @Nullable String password) {
		return new EtcdSettings(this.endpoints, user, password, this.tls, this.authority, this.namespace, this.ttl,
				this.requestTimeout, this.connectTimeout, this.keepAliveTime, this.keepAliveTimeout);
	}

	/**
	 * With what TLS is made with.
	 * @param tls trust and key
	 * @return a changed copy
	 */
	public EtcdSettings withTls(@Nullable EtcdTls tls) {
		return new EtcdSettings(this.endpoints, this.user, this.password, tls, this.authority, this.namespace, this.ttl,
				this.requestTimeout, this.connectTimeout, this.keepAliveTime, this.keepAliveTimeout);
	}

	/**
	 * With another name to verify certificates against.
	 * @param authority the name in the server's certificate
	 * @return a changed copy
	 */
	public EtcdSettings withAuthority(@Nullable String authority) {
		return new EtcdSettings(this.endpoints, this.user, this.password, this.tls, authority, this.namespace, this.ttl,
				this.requestTimeout, this.connectTimeout, this.keepAliveTime, this.keepAliveTimeout);
	}

	/**
	 * With another beginning of every key.
	 * @param namespace such as {@code grpc/}
	 * @return a changed copy
	 */
	public EtcdSettings withNamespace(String namespace) {
		return new EtcdSettings(this.endpoints, this.user, this.password, this.tls, this.authority, namespace, this.ttl,
				this.requestTimeout, this.connectTimeout, this.keepAliveTime, this.keepAliveTimeout);
	}

	/**
	 * With another time to live.
	 * @param ttl whole seconds
	 * @return a changed copy
	 */
	public EtcdSettings withTtl(Duration ttl) {
		return new EtcdSettings(this.endpoints, this.user, this.password, this.tls, this.authority, this.namespace, ttl,
				this.requestTimeout, this.connectTimeout, this.keepAliveTime, this.keepAliveTimeout);
	}

	/**
	 * With other timeouts.
	 * @param request how long to wait for one answer
	 * @param connect how long to wait for a TCP connection
	 * @return a changed copy
	 */
	public EtcdSettings withTimeouts(Duration request, Duration connect) {
		return new EtcdSettings(this.endpoints, this.user, this.password, this.tls, this.authority, this.namespace,
				this.ttl, request, connect, this.keepAliveTime, this.keepAliveTimeout);
	}

	/**
	 * With other probes of silent connections.
	 * @param time how long a connection may be silent
	 * @param timeout how long to wait for the answer
	 * @return a changed copy
	 */
	public EtcdSettings withKeepAlive(Duration time, Duration timeout) {
		return new EtcdSettings(this.endpoints, this.user, this.password, this.tls, this.authority, this.namespace,
				this.ttl, this.requestTimeout, this.connectTimeout, time, timeout);
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
		return (twoThirds.compareTo(MIN_KEEP_ALIVE) < 0) ? twoThirds : MIN_KEEP_ALIVE;
	}

	List<EtcdEndpoint> addresses() {
		return this.endpoints.stream().map((endpoint) -> EtcdEndpoint.of("endpoint", endpoint)).toList();
	}

	boolean sendsPasswordInTheClear() {
		return this.password != null && addresses().stream()
			.anyMatch((endpoint) -> !endpoint.tls() && !endpoint.address().host().equals("localhost")
					&& !endpoint.address().host().startsWith("127.") && !endpoint.address().host().equals("::1"));
	}

	private static List<URI> checkedEndpoints(List<URI> endpoints) {
		if (endpoints.isEmpty()) {
			throw new IllegalArgumentException(
					"endpoints: none (expected: at least one, such as http://127.0.0.1:2379)");
		}
		List<EtcdEndpoint> checked = new ArrayList<>();
		for (int i = 0; i < endpoints.size(); i++) {
			EtcdEndpoint endpoint = EtcdEndpoint.of("endpoints[" + i + "]", endpoints.get(i));
			if (i > 0 && endpoint.tls() != checked.get(0).tls()) {
				throw new IllegalArgumentException("endpoints[%d]: '%s' (expected: the scheme of endpoints[0], '%s')"
					.formatted(i, endpoint.toUri(), checked.get(0).toUri()));
			}
			checked.add(endpoint);
		}
		return checked.stream().map(EtcdEndpoint::toUri).distinct().toList();
	}

	private static void checkCredentials(@Nullable String user, @Nullable String password) {
		if ((user == null) != (password == null)) {
			throw new IllegalArgumentException(
					(user != null) ? "password: missing (expected: one, since there is a user)"
							: "user: missing (expected: one, since there is a password)");
		}
		if (user != null && user.isBlank()) {
			throw new IllegalArgumentException("user: '' (expected: a name)");
		}
		if (password != null && password.isEmpty()) {
			throw new IllegalArgumentException("password: empty (expected: at least one character)");
		}
	}

	private static void checkAuthority(String authority) {
		try {
			HostAndPort.parse((authority.lastIndexOf(':') > authority.lastIndexOf(']')) ? authority : authority + ":1");
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					"authority: '%s' (expected: a host name as in the server's certificate, with or without :port)"
						.formatted(Printable.of(authority)));
		}
	}

	private static String checkedNamespace(String namespace) {
		String normal = (namespace.isEmpty() || namespace.endsWith("/")) ? namespace : namespace + "/";
		if (normal.length() > MAX_NAMESPACE || !NAMESPACE.matcher(normal).matches()) {
			throw new IllegalArgumentException(
					"namespace: '%s' (expected: a prefix such as 'grpc/', at most %d characters, without spaces, control characters and '//')"
						.formatted(Printable.of(namespace), MAX_NAMESPACE));
		}
		return normal;
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
