package io.github.grpcdiscovery.etcd;

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
	 * The id in a key.
	 * @param prefix what {@link #prefix} gave
	 * @param key a key of etcd
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
