package io.github.grpcdiscovery.consul;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.Printable;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.codec.InstanceRules;
import io.github.grpcdiscovery.codec.Json;

/**
 * Makes an instance of an entry of Consul, whoever wrote it: this project, Spring Cloud
 * Consul with grpc-spring, kratos, kitex or anybody.
 */
final class ConsulEntry {

	// as kratos writes it
	private static final Pattern GRPC_ADDRESS = Pattern.compile("(?:grpcs?://)?(.+)");

	private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

	private static final String VERSION_TAG = ConsulMeta.VERSION + "=";

	private ConsulEntry() {
	}

	/**
	 * Reads an entry.
	 * @param name name of the service
	 * @param entry an element of Consul's answer
	 * @return the instance
	 * @throws IllegalArgumentException saying why it is none
	 */
	static ServiceInstance read(String name, Map<String, @Nullable Object> entry) {
		Map<String, @Nullable Object> service = Json.asObject(entry.get("Service"));
		Map<String, @Nullable Object> meta = Json.asObject(service.get("Meta"));
		HostAndPort address = address(entry);
		List<String> tags = InstanceRules.tags(service.get("Tags"));
		String version = version(meta, tags);
		return new ServiceInstance(id(name, service, meta, address), name, address.host(), address.port(),
				weight(service, meta), InstanceRules.text(meta.get(ConsulMeta.ZONE)), version,
				tags.stream().filter((tag) -> !tag.equals(VERSION_TAG + version)).toList(), metadata(meta));
	}

	/**
	 * What an entry is called where it is no instance.
	 */
	static String key(Map<String, @Nullable Object> entry) {
		Map<String, @Nullable Object> service = Json.asObject(entry.get("Service"));
		return service.get("ID") + "@" + service.get("ModifyIndex");
	}

	/**
	 * Where the instance is called: the most explicit of the places in which an address
	 * is written.
	 * @throws IllegalArgumentException if it cannot be called there
	 */
	static HostAndPort address(Map<String, @Nullable Object> entry) {
		Map<String, @Nullable Object> service = Json.asObject(entry.get("Service"));
		Object tagged = Json.asObject(service.get("TaggedAddresses")).get("grpc");
		if (tagged instanceof Map<?, ?>) {
			return taggedAddress(Json.asObject(tagged));
		}
		String host = nonEmpty(service.get("Address"));
		if (host == null) {
			host = nonEmpty(Json.asObject(entry.get("Node")).get("Address"));
		}
		if (host == null) {
			throw new IllegalArgumentException("host: '' (expected: Service.Address or Node.Address)");
		}
		Map<String, @Nullable Object> meta = Json.asObject(service.get("Meta"));
		Object port = meta.getOrDefault(ConsulMeta.PORT, meta.get(ConsulMeta.OLD_PORT));
		return InstanceRules.requireCallable(host, port((port != null) ? port : service.get("Port")));
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
		return InstanceRules.requireCallable(
				(brackets && address.endsWith("]")) ? address.substring(1, address.length() - 1) : address,
				port(tagged.get("Port")));
	}

	private static int port(@Nullable Object value) {
		boolean text = value instanceof String string && NUMBER.matcher(string).matches();
		return InstanceRules.requirePort(text ? Integer.valueOf(String.valueOf(value)) : value);
	}

	private static @Nullable String nonEmpty(@Nullable Object value) {
		return (value instanceof String text && !text.isEmpty()) ? text : null;
	}

	private static String id(String name, Map<String, @Nullable Object> service, Map<String, @Nullable Object> meta,
			HostAndPort address) {
		String consulId = String.valueOf(service.get("ID"));
		String written = InstanceRules.text(meta.get(ConsulMeta.ID));
		if (written != null && ServiceInstance.isId(written)) {
			return written;
		}
		boolean byAddress = consulId.equals(ConsulIds.ofAddress(name, address)) || !ServiceInstance.isId(consulId);
		return byAddress ? address.toString() : consulId;
	}

	// Consul's own weight is 1 where nobody set it, which says nothing
	private static int weight(Map<String, @Nullable Object> service, Map<String, @Nullable Object> meta) {
		String written = InstanceRules.text(meta.get(ConsulMeta.WEIGHT));
		if (written != null && NUMBER.matcher(written).matches()) {
			return InstanceRules.weight(Integer.valueOf(written));
		}
		Object passing = Json.asObject(service.get("Weights")).get("Passing");
		return (passing instanceof Integer weight && weight > 1) ? InstanceRules.weight(weight)
				: ServiceInstance.DEFAULT_WEIGHT;
	}

	// kratos writes a tag version=1.2.0
	private static @Nullable String version(Map<String, @Nullable Object> meta, List<String> tags) {
		String version = InstanceRules.text(meta.get(ConsulMeta.VERSION));
		if (version != null) {
			return version;
		}
		return tags.stream()
			.filter((tag) -> tag.startsWith(VERSION_TAG) && tag.length() > VERSION_TAG.length())
			.map((tag) -> tag.substring(VERSION_TAG.length()))
			.findFirst()
			.orElse(null);
	}

	private static Map<String, String> metadata(Map<String, @Nullable Object> meta) {
		Map<String, String> metadata = InstanceRules.metadata(meta);
		metadata.keySet().removeAll(ConsulMeta.OURS);
		return metadata;
	}

	/**
	 * An address as the reason for a conflict names it.
	 */
	static String holder(Map<String, @Nullable Object> service) {
		String host = String.valueOf(service.get("Address"));
		return Printable.of((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + ":"
				+ Printable.of(service.get("Port"));
	}

}
