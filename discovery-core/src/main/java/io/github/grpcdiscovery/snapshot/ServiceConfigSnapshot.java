package io.github.grpcdiscovery.snapshot;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.Snapshots.Key;
import io.github.grpcdiscovery.internal.codec.InstanceJson;
import io.github.grpcdiscovery.internal.codec.Json;

/**
 * What stands in the file of a service config, which says what it is of.
 *
 * @param text the service config; empty if the service has none
 * @param takenAt when that was last known to be true
 */
record ServiceConfigSnapshot(String text, Instant takenAt) {

	private static final String SUFFIX = ".json";

	/**
	 * A name that no two keys share, beside that of the service's list.
	 */
	static String fileName(Key key) {
		String list = SnapshotFormat.fileName(key);
		return list.substring(0, list.length() - SUFFIX.length()) + "~service-config" + SUFFIX;
	}

	byte[] write(Key key) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		SnapshotFormat.writeHead(json, key, this.takenAt);
		json.put("serviceConfig", this.text);
		return Json.writeObject(json);
	}

	/**
	 * Reads a file.
	 * @throws IllegalArgumentException saying why it cannot be used; untrusted text may
	 * be part of the message
	 */
	static ServiceConfigSnapshot read(Key key, byte[] content) {
		Map<String, @Nullable Object> json = SnapshotFormat.readHead(key, content);
		return new ServiceConfigSnapshot(InstanceJson.text(json, "serviceConfig"), SnapshotFormat.takenAt(json));
	}

}
