package io.github.grpcdiscovery.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Snapshots.Key;
import io.github.grpcdiscovery.Snapshots.Snapshot;
import io.github.grpcdiscovery.internal.codec.InstanceJson;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.util.Hash;

/**
 * What stands in a snapshot's file, and how it is called. A file says what it is of, so
 * that one that was renamed or copied is not taken for another. It holds no secrets.
 */
final class SnapshotFormat {

	/** The format that we write; a higher one may mean anything. */
	static final int FORMAT = 1;

	/** Larger ones are neither written nor read. */
	static final int MAX_BYTES = 16 * 1024 * 1024;

	private SnapshotFormat() {
	}

	/**
	 * A name that no two keys share and that is safe on every file system.
	 */
	static String fileName(Key key) {
		String plain = key.service().replaceAll("[^a-z0-9.-]", "_");
		String readable = plain.substring(0, Math.min(plain.length(), 64));
		String text = key.registry() + "\n" + key.service();
		return readable + "~" + Hash.of(text, 12) + ".json";
	}

	/**
	 * What to write.
	 * @throws IllegalArgumentException if it is larger than anybody reads
	 */
	static byte[] write(Key key, Snapshot snapshot) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		writeHead(json, key, snapshot.takenAt());
		json.put("instances", snapshot.instances().stream().map(InstanceJson::write).toList());
		byte[] content = Json.writeObject(json);
		if (content.length > MAX_BYTES) {
			throw new IllegalArgumentException("%d bytes (expected: at most %d)".formatted(content.length, MAX_BYTES));
		}
		return content;
	}

	static void writeHead(Map<String, @Nullable Object> json, Key key, Instant takenAt) {
		json.put("format", FORMAT);
		json.put("registry", key.registry());
		json.put("service", key.service());
		json.put("takenAt", takenAt.toString());
	}

	/**
	 * Reads a file.
	 * @throws IllegalArgumentException saying why it cannot be used; untrusted text may
	 * be part of the message
	 */
	static Snapshot read(Key key, byte[] content) {
		Map<String, @Nullable Object> json = readHead(key, content);
		if (!(json.get("instances") instanceof List<?> elements)) {
			throw new IllegalArgumentException("instances: (expected: a list)");
		}
		List<ServiceInstance> instances = new ArrayList<>(elements.size());
		elements.forEach((element) -> instances.add(InstanceJson.read(Json.asObject(element))));
		return new Snapshot(instances, takenAt(json));
	}

	static Map<String, @Nullable Object> readHead(Key key, byte[] content) {
		Map<String, @Nullable Object> json = Json.asObject(Json.read(decode(content)));
		if (!(json.get("format") instanceof Integer format) || format != FORMAT) {
			throw new IllegalArgumentException("format: '%s' (expected: %d)".formatted(json.get("format"), FORMAT));
		}
		require(json, "registry", key.registry());
		require(json, "service", key.service());
		return json;
	}

	static Instant takenAt(Map<String, @Nullable Object> json) {
		return instant(InstanceJson.text(json, "takenAt"));
	}

	private static void require(Map<String, @Nullable Object> json, String name, String expected) {
		if (!expected.equals(json.get(name))) {
			throw new IllegalArgumentException("%s: '%s' (expected: %s)".formatted(name, json.get(name), expected));
		}
	}

	private static Instant instant(String text) {
		try {
			return Instant.parse(text);
		}
		catch (DateTimeException ex) {
			throw new IllegalArgumentException("takenAt: '%s' (expected: a time)".formatted(text), ex);
		}
	}

	private static String decode(byte[] content) {
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
		}
		catch (CharacterCodingException ex) {
			throw new IllegalArgumentException("not UTF-8", ex);
		}
	}

}
