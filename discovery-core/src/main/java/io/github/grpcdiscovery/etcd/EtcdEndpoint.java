package io.github.grpcdiscovery.etcd;

import java.net.URI;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * One member of etcd as an address.
 *
 * @param tls whether the connection is encrypted
 * @param address host and port
 */
record EtcdEndpoint(boolean tls, HostAndPort address) {

	private static final int DEFAULT_PORT = 2379;

	private static final String RULE = "http://host:port or https://host:port, without path and query; an IPv6 literal in brackets";

	/**
	 * Checks an endpoint.
	 * @param name what the endpoint is called in an error, such as {@code endpoints[0]}
	 * @param uri the endpoint
	 * @return its parts
	 * @throws IllegalArgumentException naming the endpoint, but never what may be a
	 * password in it
	 */
	static EtcdEndpoint of(String name, URI uri) {
		String authority = uri.getRawAuthority();
		if (uri.toString().indexOf('@') >= 0) {
			throw new IllegalArgumentException(
					"%s: holds user info or an '@' (expected: %s; user and password are settings of their own)"
						.formatted(name, RULE));
		}
		boolean tls = "https".equalsIgnoreCase(uri.getScheme());
		if (!tls && !"http".equalsIgnoreCase(uri.getScheme())) {
			throw invalid(name, uri, RULE);
		}
		boolean rootPath = uri.getRawPath() == null || uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
		if (authority == null || !rootPath || uri.getRawQuery() != null || uri.getRawFragment() != null) {
			throw invalid(name, uri, RULE);
		}
		try {
			boolean port = authority.lastIndexOf(':') > authority.lastIndexOf(']');
			return new EtcdEndpoint(tls, HostAndPort.parse(port ? authority : authority + ":" + DEFAULT_PORT));
		}
		catch (IllegalArgumentException ex) {
			throw invalid(name, uri, RULE);
		}
	}

	/**
	 * Reads an endpoint, with or without a scheme.
	 * @param text {@code host:port} or a URI
	 * @return the URI
	 * @throws IllegalArgumentException if the text is no endpoint
	 */
	static URI parse(@Nullable String text) {
		String trimmed = (text != null) ? text.trim() : "";
		if (trimmed.isEmpty()) {
			throw new IllegalArgumentException("endpoint: '' (expected: %s)".formatted(RULE));
		}
		URI uri;
		try {
			uri = URI.create(trimmed.contains("://") ? trimmed : "http://" + trimmed);
		}
		catch (IllegalArgumentException ex) {
			String shown = (trimmed.indexOf('@') >= 0) ? "<hidden>" : Printable.of(trimmed);
			// without the cause, whose message repeats the text
			throw new IllegalArgumentException("endpoint: '%s' (expected: %s)".formatted(shown, RULE));
		}
		return of("endpoint", uri).toUri();
	}

	private static IllegalArgumentException invalid(String name, URI uri, String rule) {
		String text = uri.toString();
		int query = text.indexOf('?');
		String shown = (query >= 0) ? text.substring(0, query) + "?.." : text;
		return new IllegalArgumentException("%s: '%s' (expected: %s)".formatted(name, Printable.of(shown), rule));
	}

	/**
	 * The target of a gRPC channel to some endpoints. Made here, since jetcd drops the
	 * scheme and does not encode the brackets of IPv6 literals.
	 * @param endpoints where etcd listens
	 * @param authority name that certificates are verified against, or {@code null} for
	 * that of each endpoint
	 * @return a target for jetcd's {@code ip} resolver
	 */
	static String target(List<EtcdEndpoint> endpoints, @Nullable String authority) {
		StringBuilder target = new StringBuilder("ip://").append((authority != null) ? authority : "").append('/');
		for (int i = 0; i < endpoints.size(); i++) {
			target.append((i > 0) ? "," : "").append(endpoints.get(i).address());
		}
		return target.toString().replace("[", "%5B").replace("]", "%5D");
	}

	/**
	 * The endpoint in its shortest form.
	 * @return such as {@code https://10.0.0.5:2379}
	 */
	URI toUri() {
		return URI.create((this.tls ? "https://" : "http://") + this.address.toString().toLowerCase(Locale.ROOT));
	}

}
