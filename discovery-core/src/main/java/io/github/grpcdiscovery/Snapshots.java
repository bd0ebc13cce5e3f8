package io.github.grpcdiscovery;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Remembers lists beyond the end of this process, for a start while the registry is away.
 * Safe for use by any thread, none of which it keeps waiting.
 */
public interface Snapshots {

	/** Remembers nothing. */
	Snapshots NONE = new Snapshots() {

		@Override
		public void load(Key key, Consumer<@Nullable Snapshot> loaded) {
			loaded.accept(null);
		}

		@Override
		public void save(Key key, List<ServiceInstance> instances) {
			// on purpose
		}

	};

	/**
	 * Looks for what was remembered.
	 * @param key of what
	 * @param loaded given the snapshot, {@code null} if there is none that may be used;
	 * by any thread
	 */
	void load(Key key, Consumer<@Nullable Snapshot> loaded);

	/**
	 * Remembers a list that is true now. A storm of calls is coalesced.
	 * @param key of what
	 * @param instances the list
	 */
	void save(Key key, List<ServiceInstance> instances);

	/**
	 * Looks for a service config that was remembered. There is none unless this is
	 * implemented.
	 * @param key of the service
	 * @param loaded given the text, {@code null} if there is none that may be used; by
	 * any thread
	 */
	default void loadServiceConfig(Key key, Consumer<@Nullable String> loaded) {
		loaded.accept(null);
	}

	/**
	 * Remembers a service config that is true now. A storm of calls is coalesced.
	 * @param key of the service
	 * @param text its JSON; empty if the service has none
	 */
	default void saveServiceConfig(Key key, String text) {
	}

	/**
	 * Names a list.
	 *
	 * @param registry the registry as a person would name it
	 * @param service name of the service
	 */
	record Key(String registry, String service) {
	}

	/**
	 * A list that was true once.
	 *
	 * @param instances sorted by address, each address once
	 * @param takenAt when it was last known to be true
	 */
	record Snapshot(List<ServiceInstance> instances, Instant takenAt) {

		/**
		 * Copies the list.
		 */
		public Snapshot {
			instances = List.copyOf(instances);
		}

	}

}
