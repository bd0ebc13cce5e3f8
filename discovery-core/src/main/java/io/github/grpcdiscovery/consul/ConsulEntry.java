package io.github.grpcdiscovery.consul;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.InstanceRules;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Makes an instance of an entry of Consul, whoever wrote it: this project, Spring Cloud
 * Consul with grpc-spring, kratos, kitex or anybody.
 */
final class ConsulEntry {

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
		HostAndPort address = ConsulAddress.of(entry);
		List<String> tags = InstanceRules.tags(service.get("Tags"));
		String version = version(meta, tags);
		return ServiceInstance.builder(name, address.host(), address.port())
			.id(id(name, service, meta, address))
			.weight(weight(service, meta))
			.zone(InstanceRules.text(meta.get(ConsulMeta.ZONE)))
			.version(version)
			.tags(tags.stream().filter((tag) -> !tag.equals(VERSION_TAG + version)).toList())
			.metadata(metadata(meta))
			.started(InstanceRules.started(meta.get(ConsulMeta.STARTED)))
			.build();
	}

	/**
	 * What an entry is called where it is no instance: other nodes may have one with its
	 * id.
	 */
	static String key(Map<String, @Nullable Object> entry) {
		Map<String, @Nullable Object> service = Json.asObject(entry.get("Service"));
		Object node = Json.asObject(entry.get("Node")).get("Node");
		String id = service.get("ID") + "@" + service.get("ModifyIndex");
		return (node != null) ? node + "/" + id : id;
	}

	/**
	 * Whether a process of this project wrote it. Where two entries name one address,
	 * that one decides.
	 */
	static boolean isOwned(Map<String, @Nullable Object> entry) {
		return ConsulRecord.owner(Json.asObject(entry.get("Service"))) != null;
	}

	/**
	 * Whether an application that registers a service here has a second entry under the
	 * same name, which is for others and says nothing to us.
	 * @param name name of the service
	 * @param entry an element of Consul's answer
	 */
	static boolean isBesideOurs(String name, Map<String, @Nullable Object> entry) {
		return name.equals(Json.asObject(Json.asObject(entry.get("Service")).get("Meta")).get(ConsulMeta.BESIDE));
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
