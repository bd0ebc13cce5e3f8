package io.github.grpcdiscovery.consul;

import java.util.Base64;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.codec.Json;

/**
 * What Consul says about one key.
 *
 * @param index where it stands in Consul's history; compared unsigned, never 0
 * @param value what the key holds; {@code null} if there is no such key
 */
record KeyAnswer(long index, byte @Nullable [] value) {

	/**
	 * Reads an answer.
	 * @throws RegistryException if it is none about a key, such as that of a proxy
	 */
	static KeyAnswer read(ConsulAnswer answer, String key) {
		if (!answer.isNotFound()) {
			answer.requireOk("key:read on '" + key + "'");
		}
		if (answer.index() == 0) {
			throw answer.malformed("no index (is there a proxy in between?)");
		}
		return new KeyAnswer(answer.index(), answer.isNotFound() ? null : value(answer));
	}

	private static byte[] value(ConsulAnswer answer) {
		if (answer.json() instanceof List<?> keys && keys.size() == 1) {
			Object value = Json.asObject(keys.get(0)).get("Value");
			try {
				return (value instanceof String text) ? Base64.getDecoder().decode(text) : new byte[0];
			}
			catch (IllegalArgumentException ex) {
				throw answer.malformed("a value that is not Base64");
			}
		}
		throw answer.malformed("not one key");
	}

}
