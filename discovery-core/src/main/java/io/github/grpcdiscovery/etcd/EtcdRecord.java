package io.github.grpcdiscovery.etcd;

import io.etcd.jetcd.ByteSequence;

/**
 * One key of etcd with its value.
 *
 * @param key the key as {@link EtcdKeys#text} gives it
 * @param value the value
 * @param modRevision revision of its last change
 * @param lease id of its lease, 0 for none
 */
record EtcdRecord(String key, ByteSequence value, long modRevision, long lease) {
}
