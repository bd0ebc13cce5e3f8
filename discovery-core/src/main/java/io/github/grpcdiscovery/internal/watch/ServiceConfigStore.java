package io.github.grpcdiscovery.internal.watch;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.Snapshots;

/**
 * The snapshots of one service's service config.
 *
 * @param snapshots where all snapshots are
 * @param key of the service
 */
record ServiceConfigStore(Snapshots snapshots, Snapshots.Key key) implements SnapshotKeeper.Store<String, String> {

	static @Nullable ServiceConfigStore of(Snapshots snapshots, Snapshots.Key key) {
		return (snapshots != Snapshots.NONE) ? new ServiceConfigStore(snapshots, key) : null;
	}

	@Override
	public void load(Consumer<@Nullable String> loaded) {
		this.snapshots.loadServiceConfig(this.key,
				(text) -> loaded.accept((text != null && !text.isEmpty()) ? text : null));
	}

	@Override
	public void save(String text) {
		this.snapshots.saveServiceConfig(this.key, text);
	}

}
