package io.github.grpcdiscovery.local;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.InstanceJson;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.util.Hash;

/**
 * What stands in one file: a JSON object with the instance, who wrote it and for how long
 * it counts without a sign of life. Unknown fields are ignored.
 *
 * @param instance the instance
 * @param owner names the process that wrote the file
 * @param pid its process id, for people
 * @param ttl how long the file counts after it was last touched
 */
record InstanceFile(ServiceInstance instance, String owner, long pid, Duration ttl) {

	private static final String SUFFIX = ".json";

	/** The format that we write; a higher one may mean anything. */
	private static final int FORMAT = 1;

	private static final int MAX_ENCODED_ID = 200;

	private static final int HASHED_PREFIX = 120;

	/**
	 * Reads a file.
	 * @param fileName its name
	 * @param service the service that it stands under
	 * @param content what it holds
	 * @throws IllegalArgumentException saying why it is no instance; untrusted text may
	 * be part of the message
	 */
	static InstanceFile read(String fileName, String service, byte[] content) {
		Map<String, @Nullable Object> json = Json.readObject(content);
		if (json.get("format") instanceof Number format && format.longValue() > FORMAT) {
			throw new IllegalArgumentException("format: '%s' (expected: %d)".formatted(format, FORMAT));
		}
		ServiceInstance instance = InstanceJson.read(json);
		if (!instance.service().equals(service)) {
			throw new IllegalArgumentException("service: '%s' (expected: %s)".formatted(instance.service(), service));
		}
		if (!fileName(instance.id()).equals(fileName)) {
			throw new IllegalArgumentException(
					"id: '%s' (expected: the one of the file's name)".formatted(instance.id()));
		}
		return new InstanceFile(instance, InstanceJson.text(json, "owner"), number(json, "pid"), ttl(json));
	}

	private static long number(Map<String, @Nullable Object> json, String name) {
		return (json.get(name) instanceof Number number) ? number.longValue() : 0;
	}

	private static Duration ttl(Map<String, @Nullable Object> json) {
		long millis = number(json, "ttlMillis");
		if (millis < 1 || millis > Duration.ofDays(1).toMillis()) {
			throw new IllegalArgumentException(
					"ttlMillis: '%s' (expected: 1 to 86400000)".formatted(json.get("ttlMillis")));
		}
		return Duration.ofMillis(millis);
	}

	/**
	 * What to write.
	 * @throws IllegalArgumentException if it is more than anybody reads
	 */
	byte[] content() {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("format", FORMAT);
		json.putAll(InstanceJson.write(this.instance));
		json.put("owner", this.owner);
		json.put("pid", this.pid);
		json.put("ttlMillis", this.ttl.toMillis());
		byte[] content = Json.writeObject(json);
		if (content.length > Json.MAX_BYTES) {
			throw new IllegalArgumentException("instance '%s': %d bytes (expected: at most %d; use less metadata)"
				.formatted(this.instance.id(), content.length, Json.MAX_BYTES));
		}
		return content;
	}

	/**
	 * Who holds the id, for people.
	 */
	String holder() {
		return this.instance.address() + " (process " + this.pid + ")";
	}

	static boolean isFileName(String name) {
		return name.endsWith(SUFFIX) && !name.startsWith(".");
	}

	/**
	 * The name of an instance's file: lower case and few other characters, since there
	 * are file systems that ignore case or forbid {@code :}.
	 */
	static String fileName(String id) {
		return safeName(id) + SUFFIX;
	}

	/**
	 * The name of a service's directory, made in the same way.
	 */
	static String directoryName(String service) {
		return safeName(service);
	}

	private static String safeName(String text) {
		StringBuilder name = new StringBuilder();
		for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
			boolean plain = (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-' || b == '_'
					|| (b == '.' && !name.isEmpty());
			if (plain) {
				name.append((char) b);
			}
			else {
				name.append("%%%02X".formatted(b & 0xFF));
			}
		}
		if (name.length() > MAX_ENCODED_ID) {
			name.setLength(HASHED_PREFIX);
			name.append('~').append(Hash.of(text, Hash.LENGTH));
		}
		return name.toString();
	}

}
