package io.github.grpcdiscovery.etcd;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import io.etcd.jetcd.ByteSequence;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;

/**
 * Where services and their instances stand: {@code <namespace><service>/<instance id>}.
 * The id is {@code host:port} unless the user chose another. The slash after the service
 * keeps {@code orders} apart from {@code orders-archive}.
 *
 * @param namespace empty, or ending in {@code /}
 */
record EtcdKeys(String namespace) {

	private static final char REPLACEMENT = '\uFFFD';

	String prefix(String service) {
		return this.namespace + service + "/";
	}

	String key(ServiceInstance instance) {
		return prefix(instance.service()) + instance.id();
	}

	/**
	 * Where the service config of a service stands: never below {@link #prefix}, where
	 * other clients take whatever they find for an instance.
	 */
	String serviceConfig(String service) {
		return this.namespace + "grpc-discovery/service-config/" + service;
	}

	/**
	 * A key as text. Two keys are never the same text, so that each of them counts.
	 * @param key the key as etcd has it
	 * @return the key as UTF-8; one that is none has U+FFFD in place of what is wrong,
	 * and its bytes in hexadecimal behind it
	 */
	static String text(ByteSequence key) {
		String text = key.toString(StandardCharsets.UTF_8);
		return (text.indexOf(REPLACEMENT) < 0) ? text : text + REPLACEMENT + HexFormat.of().formatHex(key.getBytes());
	}

	/**
	 * The id in a key.
	 * @param prefix what {@link #prefix} gave
	 * @param key what {@link #text} gave
	 * @return the id; {@code null} if the key is none of an instance of that service
	 */
	static @Nullable String id(String prefix, String key) {
		if (!key.startsWith(prefix) || key.length() == prefix.length()) {
			return null;
		}
		String id = key.substring(prefix.length());
		return (id.indexOf('/') < 0 && id.indexOf(REPLACEMENT) < 0) ? id : null;
	}

}
