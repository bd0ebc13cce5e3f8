package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

import io.etcd.jetcd.ByteSequence;

import io.github.grpcdiscovery.RegistryException;

/**
 * What we need of etcd. Called on the event loop; every call returns at once and every
 * one of the results is bounded in time. Errors are {@link RegistryException}s. Results
 * and callbacks may come on any thread.
 */
interface EtcdApi {

	/**
	 * The registry as a person would name it, without secrets, for messages.
	 */
	String description();

	/**
	 * Reads all keys with a prefix, at one revision however many there are.
	 */
	CompletionStage<EtcdListing> list(String prefix);

	/**
	 * Counts the keys with a prefix.
	 */
	CompletionStage<EtcdCount> count(String prefix);

	CompletionStage<Optional<EtcdRecord>> get(String key);

	/**
	 * Reads one key.
	 * @return the key, if it is there, and the revision of the store
	 */
	CompletionStage<EtcdListing> read(String key);

	/**
	 * Puts a value under a lease, if nobody changed the key in the meantime.
	 * @param key the key
	 * @param expected revision of the last change that we know of, 0 if the key is absent
	 * @param value the value
	 * @param lease id of a lease
	 * @return whether it was put; fails with {@link LeaseGoneException} if the lease is
	 * no more
	 */
	CompletionStage<Boolean> put(String key, long expected, ByteSequence value, long lease);

	CompletionStage<EtcdLease> grant(Duration ttl);

	/**
	 * Ends a lease and deletes its keys.
	 * @return fails with {@link LeaseGoneException} if it had ended before
	 */
	CompletionStage<?> revoke(long lease);

	/**
	 * Asks for what is left of a lease, without renewing it.
	 * @return whole seconds, 0 in its last one; fails with {@link LeaseGoneException} if
	 * etcd does not know it
	 */
	CompletionStage<Duration> timeToLive(long lease);

	/**
	 * Renews a lease, once. An answer may come as late as the lease may live.
	 * @return what it has to live now; fails with {@link LeaseGoneException} if etcd does
	 * not know it
	 */
	CompletionStage<Duration> renew(long lease);

	/**
	 * Follows all keys with a prefix.
	 * @param prefix beginning of the keys
	 * @param revision the first revision of interest; one that the store has reached, or
	 * it answers no request for progress
	 * @param listener told of each message
	 */
	WatchCall watch(String prefix, long revision, WatchListener listener);

	/**
	 * Follows one key.
	 * @see #watch
	 */
	WatchCall watchKey(String key, long revision, WatchListener listener);

	/**
	 * Makes a new connection, since this one is broken in a way that calls do not show.
	 * @param reason what is broken
	 * @param since when it was broken, by the loop's clock: a connection that was made
	 * later stays
	 */
	void reconnect(String reason, long since);

	/** Something that goes on until it is closed. */
	interface Call {

		/**
		 * Ends it; its listener hears nothing any more. Any number of times.
		 */
		void close();

	}

	/** A watch that goes on until it is closed. */
	interface WatchCall extends Call {

		/**
		 * Asks etcd for a message without changes, as a sign of life.
		 */
		void requestProgress();

	}

	/** Told about the messages of a watch. */
	interface WatchListener {

		/**
		 * A message came.
		 * @param changes the message
		 */
		void onChanges(EtcdChanges changes);

		/**
		 * The watch is over or no longer to be trusted.
		 * @param cause why
		 */
		void onEnd(RegistryException cause);

	}

}
