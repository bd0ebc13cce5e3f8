package io.github.grpcdiscovery.internal.codec;

import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;

/**
 * How values that others wrote into a registry become parts of a {@link ServiceInstance}:
 * an address that must not be called makes the entry unusable, anything else that is odd
 * costs only itself.
 */
public final class InstanceRules {

	private static final int MAX_TAGS = 64;

	private static final int MAX_TEXT = 512;

	private static final Pattern MILLIS = Pattern.compile("\\d{12,13}");

	private static final Instant FIRST_START = Instant.parse("2000-01-01T00:00:00Z");

	private static final Instant LAST_START = Instant.parse("2100-01-01T00:00:00Z");

	private InstanceRules() {
	}

	/**
	 * An address that a registry may send our clients to. Not: the wildcard, multicast,
	 * broadcast and link-local addresses, such as the metadata service of a cloud.
	 * @param host an IP literal or host name
	 * @param port the port
	 * @return the address
	 * @throws IllegalArgumentException naming the part, its value and the rule
	 */
	public static HostAndPort requireCallable(String host, int port) {
		HostAndPort address = new HostAndPort(host, port);
		if (address.isLiteral() && !isCallable(host)) {
			throw new IllegalArgumentException(
					"host: '%s' (expected: no wildcard, link-local, multicast or broadcast address)".formatted(host));
		}
		return address;
	}

	private static boolean isCallable(String literal) {
		try {
			InetAddress address = InetAddress.getByName(literal);
			byte[] bytes = address.getAddress();
			boolean thisNetworkOrBroadcast = bytes.length == 4 && (bytes[0] == 0 || (bytes[0] & 0xF0) == 0xF0);
			return !address.isAnyLocalAddress() && !address.isLinkLocalAddress() && !address.isMulticastAddress()
					&& !thisNetworkOrBroadcast;
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

	/**
	 * A weight, forced into the range that we know.
	 * @param value a number; anything else counts as absent
	 * @return 0 to {@value ServiceInstance#MAX_WEIGHT};
	 * {@value ServiceInstance#DEFAULT_WEIGHT} if absent
	 */
	public static int weight(@Nullable Object value) {
		if (!(value instanceof Number number) || Double.isNaN(number.doubleValue())) {
			return ServiceInstance.DEFAULT_WEIGHT;
		}
		return (int) Math.max(0, Math.min(ServiceInstance.MAX_WEIGHT, number.doubleValue()));
	}

	/**
	 * A port.
	 * @param value a whole number
	 * @return 1 to 65535
	 * @throws IllegalArgumentException naming the value and the rule
	 */
	public static int requirePort(@Nullable Object value) {
		if (value instanceof Integer port && port >= 1 && port <= 65535) {
			return port;
		}
		throw new IllegalArgumentException("port: '%s' (expected: a number from 1 to 65535)".formatted(value));
	}

	/**
	 * A short text, such as a zone or a version.
	 * @param value a string of at most 512 characters; anything else counts as absent
	 * @return {@code null} if absent or empty
	 */
	public static @Nullable String text(@Nullable Object value) {
		return (value instanceof String text && !text.isEmpty() && text.length() <= MAX_TEXT) ? text : null;
	}

	/**
	 * When an instance was started.
	 * @param value milliseconds since 1970, as a number or as text; anything else counts
	 * as absent, and so does what lies outside of this century
	 * @return {@code null} if absent
	 */
	public static @Nullable Instant started(@Nullable Object value) {
		Object number = (value instanceof String text && MILLIS.matcher(text).matches()) ? Long.valueOf(text) : value;
		if (!(number instanceof Long millis)) {
			return null;
		}
		Instant started = Instant.ofEpochMilli(millis);
		return (started.isAfter(FIRST_START) && started.isBefore(LAST_START)) ? started : null;
	}

	/**
	 * Tags.
	 * @param value a list; what is no short text in it is left out
	 * @return at most 64, in the given order
	 */
	public static List<String> tags(@Nullable Object value) {
		if (!(value instanceof List<?> list)) {
			return List.of();
		}
		return list.stream()
			.filter((tag) -> text(tag) != null)
			.map(String::valueOf)
			.distinct()
			.limit(MAX_TAGS)
			.toList();
	}

	/**
	 * Metadata.
	 * @param value a map; pairs that break the rule of {@link ServiceInstance} are left
	 * out, numbers and booleans become strings
	 * @return sorted by key
	 */
	public static Map<String, String> metadata(@Nullable Object value) {
		Map<String, String> metadata = new TreeMap<>();
		if (value instanceof Map<?, ?> map) {
			map.forEach((key, element) -> {
				String text = scalar(element);
				if (text != null && metadata.size() < ServiceInstance.MAX_METADATA
						&& ServiceInstance.isMetadata(String.valueOf(key), text)) {
					metadata.put(String.valueOf(key), text);
				}
			});
		}
		return metadata;
	}

	private static @Nullable String scalar(@Nullable Object value) {
		if (value instanceof Double number) {
			return Double.isFinite(number) ? BigDecimal.valueOf(number).toPlainString() : null;
		}
		return (value instanceof String || value instanceof Number || value instanceof Boolean) ? value.toString()
				: null;
	}

}
