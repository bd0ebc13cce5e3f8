package io.github.grpcdiscovery.etcd;

import java.util.HashSet;
import java.util.Set;

import io.etcd.jetcd.api.RangeRequest;

/**
 * Which calls failed at once since etcd was last heard, because every endpoint refused
 * the connection: the first of each kind does, so that whoever waits for it learns it
 * within milliseconds, and the next waits for a connection until its deadline, so that it
 * is there when etcd is. On the event loop only.
 */
final class EtcdRefusals {

	private final Set<Object> warned = new HashSet<>();

	/**
	 * Takes note that a call found no connection.
	 * @param method the call's method
	 * @param request its request
	 * @return whether it fails at once: it is the first of its kind
	 */
	boolean isFirst(String method, Object request) {
		return this.warned.add((request instanceof RangeRequest range) ? range.getKey() : method);
	}

	/**
	 * Takes note that etcd answered.
	 */
	void answered() {
		this.warned.clear();
	}

}
