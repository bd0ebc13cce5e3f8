package io.github.grpcdiscovery.etcd;

/**
 * Whether a watch answers requests for progress.
 */
enum WatchProgress {

	/** None was answered by the watch from the revision after the listing's. */
	UNKNOWN,

	/** None was answered yet by the watch from the revision that is known. */
	REQUESTED,

	/** One was answered: silence shows that the watch is dead. */
	ANSWERED,

	/** None is answered, as through a proxy: silence says nothing. */
	NOT_ANSWERED

}
