package io.github.grpcdiscovery.etcd;

import java.util.List;
import java.util.Map;

/**
 * All keys with a prefix at one revision.
 *
 * @param revision the revision
 * @param cluster id of the cluster that answered
 * @param records the keys and their values
 * @param tooBig keys whose values are too big for an instance, and the revision of their
 * last change
 */
record EtcdListing(long revision, long cluster, List<EtcdRecord> records, Map<String, Long> tooBig) {

	EtcdListing(long revision, long cluster, List<EtcdRecord> records) {
		this(revision, cluster, records, Map.of());
	}

}
