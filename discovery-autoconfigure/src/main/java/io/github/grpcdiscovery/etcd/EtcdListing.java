package io.github.grpcdiscovery.etcd;

import java.util.List;

/**
 * All keys with a prefix at one revision.
 *
 * @param revision the revision
 * @param cluster id of the cluster that answered
 * @param records the keys and their values
 */
record EtcdListing(long revision, long cluster, List<EtcdRecord> records) {
}
