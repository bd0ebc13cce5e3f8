package io.github.grpcdiscovery.internal.watch;

import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Snapshots;

/**
 * The snapshots of one service's list.
 *
 * @param snapshots where all snapshots are
 * @param key of the list
 */
record InstancesStore(Snapshots snapshots,
		Snapshots.Key key) implements SnapshotKeeper.Store<Snapshots.Snapshot, List<ServiceInstance>> {

	static @Nullable InstancesStore of(Snapshots snapshots, Snapshots.Key key) {
		return (snapshots != Snapshots.NONE) ? new InstancesStore(snapshots, key) : null;
	}

	// an empty list helps nobody
	@Override
	public void load(Consumer<Snapshots.@Nullable Snapshot> loaded) {
		this.snapshots.load(this.key,
				(snapshot) -> loaded.accept((snapshot != null && !snapshot.instances().isEmpty()) ? snapshot : null));
	}

	@Override
	public void save(List<ServiceInstance> instances) {
		this.snapshots.save(this.key, instances);
	}

}
