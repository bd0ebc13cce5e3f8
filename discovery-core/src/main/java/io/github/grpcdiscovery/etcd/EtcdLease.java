package io.github.grpcdiscovery.etcd;

import java.time.Duration;

/**
 * A lease as etcd granted it.
 *
 * @param id its id
 * @param ttl how long it lives without renewal, which may be longer than asked for
 */
record EtcdLease(long id, Duration ttl) {

	/**
	 * The lease as etcdctl prints it.
	 */
	@Override
	public String toString() {
		return Long.toHexString(this.id);
	}

}
