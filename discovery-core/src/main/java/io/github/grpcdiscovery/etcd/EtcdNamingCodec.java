package io.github.grpcdiscovery.etcd;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import io.etcd.jetcd.ByteSequence;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.InstanceRules;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Writes and reads the values of the {@code etcd-naming} format, those of grpc-go's etcd
 * resolver: {@code {"Op":0,"Addr":"host:port","Metadata":...}}. Written exactly, with
 * what is ours inside {@code Metadata}; read tolerantly, whoever wrote it.
 */
final class EtcdNamingCodec {

	private static final Pattern ID = Pattern.compile("[^/?#%\\s\\p{Cntrl}]{1,255}");

	private EtcdNamingCodec() {
	}

	/**
	 * The value of an instance.
	 * @param instance what to write
	 * @param owner token of the process that writes it
	 * @return the value as JSON
	 * @throws IllegalArgumentException if it is too long to be read by others
	 */
	static ByteSequence encode(ServiceInstance instance, String owner) {
		Map<String, Object> metadata = new LinkedHashMap<>();
		metadata.put("id", instance.id());
		metadata.put("owner", owner);
		metadata.put("weight", instance.weight());
		if (instance.zone() != null) {
			metadata.put("zone", instance.zone());
		}
		if (instance.version() != null) {
			metadata.put("version", instance.version());
		}
		if (!instance.tags().isEmpty()) {
			metadata.put("tags", instance.tags());
		}
		if (!instance.metadata().isEmpty()) {
			metadata.put("metadata", instance.metadata());
		}
		if (instance.started() != null) {
			metadata.put("started", instance.started().toEpochMilli());
		}
		Map<String, Object> value = new LinkedHashMap<>();
		value.put("Op", 0);
		value.put("Addr", instance.address().toString());
		value.put("Metadata", metadata);
		byte[] json = Json.writeObject(value);
		if (json.length > Json.MAX_BYTES) {
			throw new IllegalArgumentException("instance '%s': %d bytes in etcd (expected: at most %d; fewer metadata)"
				.formatted(Printable.of(instance.id()), json.length, Json.MAX_BYTES));
		}
		return ByteSequence.from(json);
	}

	/**
	 * Reads a value. Never throws.
	 * @param service name of the service
	 * @param id the id in the key
	 * @param value the value
	 * @return the instance, or what is wrong
	 */
	static DecodedRecord decode(String service, String id, ByteSequence value) {
		if (value.size() > Json.MAX_BYTES) {
			return DecodedRecord.malformed("%d bytes (expected: at most %d)".formatted(value.size(), Json.MAX_BYTES));
		}
		try {
			return read(service, id, Json.readObject(value.getBytes()));
		}
		catch (IllegalArgumentException ex) {
			return DecodedRecord.malformed(String.valueOf(ex.getMessage()));
		}
	}

	private static DecodedRecord read(String service, String id, Map<String, @Nullable Object> value) {
		// a put is a put whatever its Op says: grpc-go looks at etcd's own event alone
		Object op = field(value, "Op");
		if (op != null && !isByte(op)) {
			return DecodedRecord.malformed("Op is no number (expected: 0 to 255)");
		}
		if (!(field(value, "Addr") instanceof String text)) {
			return DecodedRecord.malformed("no Addr");
		}
		HostAndPort parsed = HostAndPort.parse(text);
		HostAndPort address = InstanceRules.requireCallable(parsed.host(), parsed.port());
		Map<?, ?> metadata = (field(value, "Metadata") instanceof Map<?, ?> map) ? map : Map.of();
		ServiceInstance instance = ServiceInstance.builder(service, address.host(), address.port())
			.id(id(id, metadata.get("id"), address))
			.weight(InstanceRules.weight(metadata.get("weight")))
			.zone(InstanceRules.text(metadata.get("zone")))
			.version(InstanceRules.text(metadata.get("version")))
			.tags(InstanceRules.tags(metadata.get("tags")))
			.metadata(InstanceRules.metadata(metadata.get("metadata")))
			.started(InstanceRules.started(metadata.get("started")))
			.build();
		return new DecodedRecord(instance, InstanceRules.text(metadata.get("owner")), null);
	}

	private static boolean isByte(Object op) {
		return op instanceof Number number && number.doubleValue() == number.intValue() && number.intValue() >= 0
				&& number.intValue() <= 255;
	}

	// names in upper or lower case, as Go reads them
	private static @Nullable Object field(Map<String, @Nullable Object> value, String name) {
		if (value.containsKey(name)) {
			return value.get(name);
		}
		return value.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().equalsIgnoreCase(name))
			.findFirst()
			.map(Map.Entry::getValue)
			.orElse(null);
	}

	// other programs are free in what they call the last part of the key
	private static String id(String inKey, @Nullable Object inValue, HostAndPort address) {
		if (ID.matcher(inKey).matches()) {
			return inKey;
		}
		return (inValue instanceof String text && ID.matcher(text).matches()) ? text : address.toString();
	}

}
