package io.github.grpcdiscovery.etcd;

/**
 * How many keys have a prefix at one revision: cheap to ask for, since etcd looks at its
 * index alone and sends no key.
 *
 * @param revision the revision
 * @param cluster id of the cluster that answered
 * @param keys how many
 */
record EtcdCount(long revision, long cluster, long keys) {
}
