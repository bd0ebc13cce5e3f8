package io.github.grpcdiscovery.etcd;

import java.util.List;

import io.etcd.jetcd.ByteSequence;
import org.jspecify.annotations.Nullable;

/**
 * One message of a watch.
 *
 * @param created whether it is the first, which confirms the watch
 * @param revision revision of the store when it was sent
 * @param cluster id of the cluster that sent it
 * @param changes what changed, in order; empty in a confirmation and in a sign of life
 */
record EtcdChanges(boolean created, long revision, long cluster, List<Change> changes) {

	/**
	 * A key that was put or deleted.
	 *
	 * @param key the key as UTF-8, with U+FFFD for what is none
	 * @param value the new value; {@code null} if the key was deleted
	 * @param revision revision of the change
	 */
	record Change(String key, @Nullable ByteSequence value, long revision) {
	}

}
