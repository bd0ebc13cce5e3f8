package io.github.grpcdiscovery.etcd;

import io.github.grpcdiscovery.RegistryException;

/**
 * Which store a watch follows and how far: the cluster and the newest revision that it
 * has told of. On the event loop only.
 */
final class EtcdHistory {

	/** What {@code etcd grpc-proxy} says when it confirms a watch itself. */
	private static final long UNKNOWN_CLUSTER = 0;

	private final String description;

	private long cluster = UNKNOWN_CLUSTER;

	private long revision;

	/**
	 * Creates a history without a store.
	 * @param description what is followed where, for messages
	 */
	EtcdHistory(String description) {
		this.description = description;
	}

	void begin(long cluster, long revision) {
		this.cluster = cluster;
		this.revision = revision;
	}

	long revision() {
		return this.revision;
	}

	/**
	 * The watch has told of all up to a revision. A proxy that confirms a watch itself
	 * knows neither the store nor its revision.
	 * @throws RegistryException if that is another store, or an earlier state
	 */
	void advance(long cluster, long revision) {
		if (cluster == UNKNOWN_CLUSTER) {
			return;
		}
		require(cluster, revision, this.revision);
		this.revision = revision;
	}

	/**
	 * Checks an answer, whatever its revision.
	 * @throws RegistryException if it is another store's
	 */
	void require(long cluster) {
		if (cluster != this.cluster && cluster != UNKNOWN_CLUSTER) {
			throw suspect("another cluster answers");
		}
	}

	/**
	 * Checks an answer to a question.
	 * @param known revision that was known when the request was sent
	 * @throws RegistryException if it is another store's, or of an earlier state
	 */
	void require(long cluster, long revision, long known) {
		require(cluster);
		if (revision < known) {
			throw suspect("etcd went back from revision %d to %d".formatted(known, revision));
		}
	}

	/**
	 * Why a watch is not to be trusted any more.
	 */
	RegistryException suspect(String what) {
		return new RegistryException("%s: %s".formatted(this.description, what), null);
	}

}
