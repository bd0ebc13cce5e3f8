package io.github.grpcdiscovery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A TCP address as text: an IP literal or RFC 1123 host name, and a port. Never resolves
 * a name.
 *
 * @param host IPv4 literal, IPv6 literal without brackets and zone, or host name
 * @param port 1 to 65535
 */
public record HostAndPort(String host, int port) implements Comparable<HostAndPort> {

	private static final Pattern HOST_NAME = Pattern.compile(
			"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\\.?");

	private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]+");

	private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

	/**
	 * Checks both parts.
	 * @throws InvalidSettingException naming the part, its value and the rule
	 */
	public HostAndPort {
		requireHost(host);
		requirePort(port);
	}

	/**
	 * Reads {@code host:port} or {@code [ipv6]:port}.
	 * @param text the address
	 * @return the parsed address
	 * @throws InvalidSettingException if the text is not such an address
	 */
	public static HostAndPort parse(String text) {
		int colon = text.lastIndexOf(':');
		if (colon < 1) {
			throw InvalidSettingException.of("address", text, "host:port or [ipv6]:port");
		}
		String host = text.substring(0, colon);
		if (host.startsWith("[") && host.endsWith("]")) {
			host = host.substring(1, host.length() - 1);
			if (host.indexOf(':') < 0) {
				throw invalidHost(host);
			}
		}
		else if (host.indexOf(':') >= 0) {
			throw InvalidSettingException.of("address", text, "an IPv6 literal in brackets");
		}
		return new HostAndPort(host, parsePort(text.substring(colon + 1)));
	}

	/**
	 * Reads an address whose port may be left out.
	 * @param text {@code host}, {@code host:port}, {@code [ipv6]} or {@code [ipv6]:port}
	 * @param defaultPort the port where there is none
	 * @return the parsed address
	 * @throws InvalidSettingException if the text is not such an address
	 */
	public static HostAndPort parse(String text, int defaultPort) {
		boolean hasPort = text.lastIndexOf(':') > text.lastIndexOf(']');
		return parse(hasPort ? text : text + ":" + defaultPort);
	}

	private static int parsePort(String text) {
		if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			throw InvalidSettingException.of("port", text, "a number from 1 to 65535");
		}
		return Integer.parseInt(text);
	}

	static String requireHost(String host) {
		if (!isIpv6Literal(host) && !isIpv4Literal(host) && !isHostName(host)) {
			throw invalidHost(host);
		}
		return host;
	}

	static int requirePort(int port) {
		if (port < 1 || port > 65535) {
			throw InvalidSettingException.of("port", port, "1 to 65535");
		}
		return port;
	}

	private static InvalidSettingException invalidHost(String host) {
		return InvalidSettingException.of("host", host,
				"an IPv4 or IPv6 literal without zone, or a host name; no scheme, no port");
	}

	private static boolean isHostName(String host) {
		return HOST_NAME.matcher(host).matches() && !DIGITS_AND_DOTS.matcher(host).matches();
	}

	// four numbers from 0 to 255 without leading zeros; by hand, as it is asked for each
	// instance of every list
	private static boolean isIpv4Literal(String host) {
		int numbers = 0;
		int number = -1;
		for (int i = 0; i < host.length(); i++) {
			char c = host.charAt(i);
			if (c >= '0' && c <= '9' && number != 0) {
				number = ((number > 0) ? number * 10 : 0) + (c - '0');
			}
			else if (c == '.' && number >= 0) {
				numbers++;
				number = -1;
			}
			else {
				return false;
			}
			if (number > 255 || numbers > 3) {
				return false;
			}
		}
		return numbers == 3 && number >= 0;
	}

	private static boolean isIpv6Literal(String host) {
		if (host.indexOf(':') < 0 || !IPV6.matcher(host).matches()) {
			return false;
		}
		try {
			// a text with a colon is never looked up, only parsed
			return InetAddress.getByName(host) != null;
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

	/**
	 * Whether the host is an IP literal, so that nothing has to be looked up.
	 * @return {@code false} for a host name
	 */
	public boolean isLiteral() {
		return isIpv4Literal(this.host) || isIpv6Literal(this.host);
	}

	/**
	 * Whether the host is an address that no client can connect to: the wildcard.
	 * @return {@code true} for {@code 0.0.0.0} and {@code ::} in any spelling
	 */
	public boolean isWildcard() {
		return isLiteral() && literal().isAnyLocalAddress();
	}

	/**
	 * Whether what is sent to the host stays on this machine.
	 * @return {@code true} for {@code localhost}, {@code 127.0.0.0/8} and {@code ::1}
	 */
	public boolean isLoopback() {
		return isLiteral() ? literal().isLoopbackAddress() : this.host.equalsIgnoreCase("localhost");
	}

	private InetAddress literal() {
		try {
			return InetAddress.getByName(this.host);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public int compareTo(HostAndPort other) {
		int byHost = this.host.compareTo(other.host);
		return (byHost != 0) ? byHost : Integer.compare(this.port, other.port);
	}

	/**
	 * {@code host:port}, with an IPv6 literal in brackets.
	 */
	@Override
	public String toString() {
		return ((this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host) + ":" + this.port;
	}

}
