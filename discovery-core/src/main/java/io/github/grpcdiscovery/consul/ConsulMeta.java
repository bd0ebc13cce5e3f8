package io.github.grpcdiscovery.consul;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.InvalidSettingException;
import io.github.grpcdiscovery.ServiceInstance;

/**
 * What an instance puts into a service's {@code Meta}, beside the user's own pairs.
 */
final class ConsulMeta {

	/** Read by grpc-spring, which calls {@code Service.Port} otherwise. */
	static final String PORT = "gRPC_port";

	/** The same, as older versions wrote it. */
	static final String OLD_PORT = "gRPC.port";

	static final String VERSION = "version";

	static final String ZONE = "zone";

	static final String WEIGHT = "weight";

	/** Token of the process that wrote the entry. */
	static final String OWNER = "grpc-discovery-owner";

	/** When the instance was started, in milliseconds since 1970. */
	static final String STARTED = "grpc-discovery-started";

	/** Id of the instance, where it is not to be had from Consul's. */
	static final String ID = "grpc-discovery-id";

	/**
	 * In the entry that Spring Cloud Consul writes for an application that has one of
	 * ours too: the name of the service that ours is registered under.
	 */
	static final String BESIDE = "grpc-discovery-beside";

	/** Never part of what users see as metadata. */
	static final Set<String> OURS = Set.of(PORT, OLD_PORT, VERSION, ZONE, WEIGHT, OWNER, STARTED, ID, BESIDE);

	private static final int MAX_PAIRS = 64;

	private static final int MAX_BYTES = 512;

	private static final String RESERVED_PREFIX = "consul-";

	private ConsulMeta() {
	}

	/**
	 * The pairs of an instance.
	 * @param instance what is registered
	 * @param owner token of this process
	 * @return ours first
	 * @throws IllegalArgumentException naming the key and the rule of Consul that it
	 * breaks
	 */
	static Map<String, String> of(ServiceInstance instance, String owner) {
		Map<String, String> meta = new LinkedHashMap<>();
		meta.put(PORT, Integer.toString(instance.port()));
		putUnlessNull(meta, VERSION, instance.version());
		putUnlessNull(meta, ZONE, instance.zone());
		meta.put(WEIGHT, Integer.toString(instance.weight()));
		meta.put(OWNER, owner);
		if (instance.started() != null) {
			meta.put(STARTED, Long.toString(instance.started().toEpochMilli()));
		}
		if (!instance.id().equals(instance.address().toString())) {
			meta.put(ID, instance.id());
		}
		int ours = meta.size();
		instance.metadata().forEach((key, value) -> {
			if (OURS.contains(key) || key.startsWith(RESERVED_PREFIX)) {
				throw InvalidSettingException.of("metadata", key,
						"no key of %s, which are set by what they stand for, and none that starts with '%s'"
							.formatted(OURS.stream().sorted().toList(), RESERVED_PREFIX));
			}
			meta.put(key, value);
		});
		if (meta.size() > MAX_PAIRS) {
			throw InvalidSettingException.described("metadata", instance.metadata().size() + " pairs",
					"at most %d, since Consul holds %d and %d are ours".formatted(MAX_PAIRS - ours, MAX_PAIRS, ours));
		}
		meta.forEach(ConsulMeta::requireShort);
		return meta;
	}

	private static void putUnlessNull(Map<String, String> meta, String key, @Nullable String value) {
		if (value != null) {
			meta.put(key, value);
		}
	}

	private static void requireShort(String key, String value) {
		int bytes = value.getBytes(StandardCharsets.UTF_8).length;
		if (bytes > MAX_BYTES) {
			throw InvalidSettingException.described("metadata[" + key + "]", bytes + " bytes in UTF-8",
					"at most " + MAX_BYTES);
		}
	}

}
