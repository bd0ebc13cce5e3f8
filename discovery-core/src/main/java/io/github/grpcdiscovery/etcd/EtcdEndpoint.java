package io.github.grpcdiscovery.etcd;

import java.net.URI;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InvalidSettingException;

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
	 * Reads an endpoint, with or without a scheme.
	 * @param name what the endpoint is called in an error, such as {@code endpoints[0]}
	 * @param text {@code host:port} or a URI
	 * @return its parts
	 * @throws InvalidSettingException naming the endpoint, but never what may be a
	 * password in it
	 */
	static EtcdEndpoint parse(String name, @Nullable String text) {
		String trimmed = (text != null) ? text.trim() : "";
		if (trimmed.isEmpty()) {
			throw InvalidSettingException.of(name, "", RULE);
		}
		try {
			return of(name, URI.create(trimmed.contains("://") ? trimmed : "http://" + trimmed));
		}
		catch (InvalidSettingException ex) {
			throw ex;
		}
		catch (IllegalArgumentException ex) {
			// without the cause, whose message repeats the text
			throw (trimmed.indexOf('@') >= 0) ? InvalidSettingException.hidden(name, "'<hidden>'", RULE)
					: InvalidSettingException.of(name, trimmed, RULE);
		}
	}

	private static EtcdEndpoint of(String name, URI uri) {
		String authority = uri.getRawAuthority();
		if (uri.toString().indexOf('@') >= 0) {
			throw InvalidSettingException.hidden(name, "holds user info or an '@'",
					RULE + "; user and password are settings of their own");
		}
		boolean tls = "https".equalsIgnoreCase(uri.getScheme());
		boolean rootPath = uri.getRawPath() == null || uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
		if ((!tls && !"http".equalsIgnoreCase(uri.getScheme())) || authority == null || !rootPath
				|| uri.getRawQuery() != null || uri.getRawFragment() != null) {
			throw invalid(name, uri);
		}
		try {
			return new EtcdEndpoint(tls, HostAndPort.parse(authority, DEFAULT_PORT));
		}
		catch (InvalidSettingException ex) {
			throw invalid(name, uri);
		}
	}

	private static InvalidSettingException invalid(String name, URI uri) {
		String text = uri.toString();
		int query = text.indexOf('?');
		return InvalidSettingException.of(name, (query >= 0) ? text.substring(0, query) + "?.." : text, RULE);
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

	EtcdEndpoint inLowerCase() {
		return new EtcdEndpoint(this.tls,
				new HostAndPort(this.address.host().toLowerCase(Locale.ROOT), this.address.port()));
	}

	/**
	 * The endpoint in its shortest form.
	 * @return such as {@code https://10.0.0.5:2379}
	 */
	URI toUri() {
		return URI.create((this.tls ? "https://" : "http://") + this.address.toString().toLowerCase(Locale.ROOT));
	}

}
