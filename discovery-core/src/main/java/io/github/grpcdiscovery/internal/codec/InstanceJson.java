package io.github.grpcdiscovery.internal.codec;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;

/**
 * An instance as a JSON object of ours, in files.
 */
public final class InstanceJson {

	private InstanceJson() {
	}

	/**
	 * What to write.
	 * @param instance the instance
	 * @return its fields
	 */
	public static Map<String, @Nullable Object> write(ServiceInstance instance) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("id", instance.id());
		json.put("service", instance.service());
		json.put("host", instance.host());
		json.put("port", instance.port());
		json.put("weight", instance.weight());
		json.put("zone", instance.zone());
		json.put("version", instance.version());
		json.put("tags", instance.tags());
		json.put("metadata", instance.metadata());
		if (instance.started() != null) {
			json.put("started", instance.started().toEpochMilli());
		}
		return json;
	}

	/**
	 * Reads what was written; unknown fields are ignored.
	 * @param json the object
	 * @return the instance
	 * @throws IllegalArgumentException saying why it is none; untrusted text may be part
	 * of the message
	 */
	public static ServiceInstance read(Map<String, @Nullable Object> json) {
		HostAndPort address = InstanceRules.requireCallable(text(json, "host"),
				InstanceRules.requirePort(json.get("port")));
		return ServiceInstance.builder(text(json, "service"), address.host(), address.port())
			.id(text(json, "id"))
			.weight(InstanceRules.weight(json.get("weight")))
			.zone(InstanceRules.text(json.get("zone")))
			.version(InstanceRules.text(json.get("version")))
			.tags(InstanceRules.tags(json.get("tags")))
			.metadata(InstanceRules.metadata(json.get("metadata")))
			.started(InstanceRules.started(json.get("started")))
			.build();
	}

	/**
	 * A text that has to be there.
	 * @param json the object
	 * @param name the field's name
	 * @return its value
	 * @throws IllegalArgumentException if it is missing or no text
	 */
	public static String text(Map<String, @Nullable Object> json, String name) {
		if (json.get(name) instanceof String text) {
			return text;
		}
		throw new IllegalArgumentException("%s: '%s' (expected: text)".formatted(name, json.get(name)));
	}

}
