package io.github.grpcdiscovery.consul;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.internal.codec.InstanceRules;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Finds where an entry of Consul is called by gRPC: at the most explicit of the places in
 * which others write such an address. A port that is known to speak HTTP is none.
 */
final class ConsulAddress {

	// as kratos writes it
	private static final Pattern GRPC_ADDRESS = Pattern.compile("(?:grpcs?://)?(.+)");

	private static final Pattern HTTP_ADDRESS = Pattern.compile("https?://.+");

	private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

	private static final List<String> GRPC = List.of("grpc", "grpcs");

	private static final List<String> HTTP = List.of("http", "https");

	private static final List<String> PORT_KEYS = List.of(ConsulMeta.PORT, ConsulMeta.OLD_PORT);

	// what Spring Cloud Consul writes into each of its entries, and before 3.0 among the
	// tags
	private static final String SECURE = "secure";

	private static final List<String> BOOLEANS = List.of("true", "false");

	private ConsulAddress() {
	}

	/**
	 * The address of an entry.
	 * @param entry an element of Consul's answer
	 * @return where it is called
	 * @throws IllegalArgumentException saying why it cannot be called by gRPC
	 */
	static HostAndPort of(Map<String, @Nullable Object> entry) {
		Map<String, @Nullable Object> service = Json.asObject(entry.get("Service"));
		Map<String, @Nullable Object> tagged = Json.asObject(service.get("TaggedAddresses"));
		String host = host(service.get("Address"));
		for (String name : GRPC) {
			if (tagged.get(name) instanceof Map<?, ?> address) {
				return taggedAddress(Json.asObject(address), host);
			}
		}
		if (host == null) {
			host = host(Json.asObject(entry.get("Node")).get("Address"));
		}
		if (host == null) {
			throw new IllegalArgumentException("host: '' (expected: Service.Address or Node.Address)");
		}
		return InstanceRules.requireCallable(host, port(service, tagged));
	}

	// a tagged address that cannot be called may still have the port
	private static HostAndPort taggedAddress(Map<String, @Nullable Object> tagged, @Nullable String host) {
		try {
			return taggedAddress(tagged);
		}
		catch (IllegalArgumentException ex) {
			if (host == null) {
				throw ex;
			}
			return InstanceRules.requireCallable(host, number(tagged.get("Port")));
		}
	}

	private static HostAndPort taggedAddress(Map<String, @Nullable Object> tagged) {
		String text = String.valueOf(tagged.get("Address"));
		Matcher matcher = GRPC_ADDRESS.matcher(text);
		String address = matcher.matches() ? matcher.group(1) : text;
		boolean brackets = address.startsWith("[");
		int colon = address.lastIndexOf(':');
		boolean hasPort = brackets ? colon > address.lastIndexOf(']') : colon >= 0 && colon == address.indexOf(':');
		if (hasPort) {
			HostAndPort parsed = HostAndPort.parse(address);
			return InstanceRules.requireCallable(parsed.host(), parsed.port());
		}
		return InstanceRules.requireCallable(withoutBrackets(address), number(tagged.get("Port")));
	}

	private static int port(Map<String, @Nullable Object> service, Map<String, @Nullable Object> tagged) {
		Map<String, @Nullable Object> meta = Json.asObject(service.get("Meta"));
		List<String> tags = InstanceRules.tags(service.get("Tags"));
		Object written = written(meta, tags);
		if (written != null) {
			return number(written);
		}
		if (service.get("Ports") instanceof List<?> ports && !ports.isEmpty()) {
			return number(namedPort(ports));
		}
		if (HTTP.stream().anyMatch((name) -> isHttp(Json.asObject(tagged.get(name))))) {
			throw new IllegalArgumentException("no gRPC address: its TaggedAddresses have http only");
		}
		if (isOfSpringCloud(meta, tags)) {
			throw new IllegalArgumentException(("no gRPC port: Spring Cloud Consul registered HTTP port %s"
					+ " (fix: spring.cloud.consul.discovery.metadata.gRPC_port of that application)")
				.formatted(Printable.of(service.get("Port"))));
		}
		return number(service.get("Port"));
	}

	// grpc-spring writes it into the metadata, older versions of it among the tags
	private static @Nullable Object written(Map<String, @Nullable Object> meta, List<String> tags) {
		return Stream
			.concat(PORT_KEYS.stream().map(meta::get),
					PORT_KEYS.stream()
						.flatMap((key) -> tags.stream()
							.filter((tag) -> tag.startsWith(key + "="))
							.map((tag) -> tag.substring(key.length() + 1))))
			.filter((value) -> value != null)
			.findFirst()
			.orElse(null);
	}

	// Consul 1.22 and later: several ports, each with a name
	private static @Nullable Object namedPort(List<?> ports) {
		List<Map<String, @Nullable Object>> named = ports.stream().map(Json::asObject).toList();
		for (String name : GRPC) {
			for (Map<String, @Nullable Object> port : named) {
				if (name.equals(name(port))) {
					return port.get("Port");
				}
			}
		}
		if (named.size() > 1 || HTTP.contains(name(named.get(0)))) {
			throw new IllegalArgumentException("no gRPC port: none of its Ports is named 'grpc': %s"
				.formatted(Printable.of(named.stream().map(ConsulAddress::name).toList())));
		}
		return named.get(0).get("Port");
	}

	private static String name(Map<String, @Nullable Object> port) {
		return String.valueOf(port.get("Name")).toLowerCase(Locale.ROOT);
	}

	private static boolean isHttp(Map<String, @Nullable Object> tagged) {
		return tagged.get("Address") instanceof String address && HTTP_ADDRESS.matcher(address).matches();
	}

	private static boolean isOfSpringCloud(Map<String, @Nullable Object> meta, List<String> tags) {
		return BOOLEANS.contains(String.valueOf(meta.get(SECURE)))
				|| BOOLEANS.stream().anyMatch((value) -> tags.contains(SECURE + "=" + value));
	}

	private static int number(@Nullable Object value) {
		boolean text = value instanceof String string && NUMBER.matcher(string).matches();
		return InstanceRules.requirePort(text ? Integer.valueOf(String.valueOf(value)) : value);
	}

	private static @Nullable String host(@Nullable Object value) {
		return (value instanceof String text && !text.isEmpty()) ? withoutBrackets(text) : null;
	}

	private static String withoutBrackets(String host) {
		boolean brackets = host.startsWith("[") && host.endsWith("]") && host.indexOf(':') > 0;
		return brackets ? host.substring(1, host.length() - 1) : host;
	}

}
