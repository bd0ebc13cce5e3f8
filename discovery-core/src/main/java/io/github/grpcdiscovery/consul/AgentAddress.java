package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InvalidSettingException;

/**
 * Where an agent's HTTP API listens.
 *
 * @param tls whether the connection is encrypted
 * @param address host and port
 */
record AgentAddress(boolean tls, HostAndPort address) {

	static final int DEFAULT_PORT = 8500;

	private static final String HOST_RULE = "a host name that a URL may hold, so without '_', and with a last part that begins with a letter; fix: another name of it, or its IP address";

	private static final String URI_RULE = "http://host:port or https://host:port, without user info, path and query; an IPv6 literal in brackets";

	/**
	 * Refuses a host name to which Java's HTTP client sends nothing.
	 * @throws InvalidSettingException naming it and the rule
	 */
	AgentAddress {
		if (URI.create("http://" + address).getHost() == null) {
			throw InvalidSettingException.of("host", address.host(), HOST_RULE);
		}
	}

	/**
	 * Checks an address.
	 * @param uri the address; port 8500 unless it has one
	 * @return its parts
	 * @throws InvalidSettingException naming the address, but never what may be a
	 * password in it
	 */
	static AgentAddress of(URI uri) {
		if (uri.toString().indexOf('@') >= 0) {
			throw InvalidSettingException.hidden("agent", "<hidden>, holds user info or an '@'", URI_RULE);
		}
		String authority = uri.getRawAuthority();
		String path = uri.getRawPath();
		boolean rootPath = path == null || path.isEmpty() || path.equals("/");
		if (authority == null || !isScheme(uri.getScheme()) || !rootPath || uri.getRawQuery() != null
				|| uri.getRawFragment() != null) {
			throw InvalidSettingException.of("agent", uri, URI_RULE);
		}
		return new AgentAddress("https".equalsIgnoreCase(uri.getScheme()), HostAndPort.parse(authority, DEFAULT_PORT));
	}

	private static boolean isScheme(@Nullable String scheme) {
		return "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
	}

	static AgentAddress parse(String host, int port, @Nullable String scheme) {
		if (scheme != null && !isScheme(scheme)) {
			throw InvalidSettingException.of("scheme", scheme, "http or https");
		}
		String text = host.trim();
		if (text.indexOf('@') >= 0) {
			throw InvalidSettingException.hidden("host", "<hidden>, holds user info or an '@'",
					"a host name or an IP literal; the token is a setting of its own");
		}
		String chosen = scheme;
		int colon = text.indexOf("://");
		if (colon >= 0) {
			String written = text.substring(0, colon);
			if (!isScheme(written) || (scheme != null && !scheme.equalsIgnoreCase(written))) {
				throw InvalidSettingException.of("host", host, "%s, or a host without a scheme"
					.formatted((scheme != null) ? scheme + "://" : "http:// or https://"));
			}
			chosen = written;
			text = text.substring(colon + 3);
			text = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
		}
		if (text.startsWith("[") && text.endsWith("]") && text.indexOf(':') > 0) {
			text = text.substring(1, text.length() - 1);
		}
		requireHost("host", text);
		return new AgentAddress("https".equalsIgnoreCase(chosen), new HostAndPort(text, port));
	}

	static void requireHost(String name, String host) {
		try {
			if (!new HostAndPort(host, DEFAULT_PORT).isWildcard()) {
				return;
			}
		}
		catch (IllegalArgumentException ex) {
			// said below, with the name of the setting
		}
		throw InvalidSettingException.of(name, host,
				"a host name or an IP literal, alone; the port is a setting of its own");
	}

	/**
	 * The address in its normal form.
	 * @return such as {@code http://[::1]:8500}
	 */
	URI toUri() {
		return URI.create((this.tls ? "https://" : "http://") + this.address.toString().toLowerCase(Locale.ROOT));
	}

}
