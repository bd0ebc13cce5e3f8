package io.github.grpcdiscovery.test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Remembers what a watch told it, and whether the watch kept its promises: never two
 * calls at the same time, each list sorted by address and without duplicates, never the
 * same list twice, no "unavailable" once there was a list. Safe for use by any thread.
 */
public final class RecordingListener implements InstancesListener {

	private final AtomicBoolean inside = new AtomicBoolean();

	private final List<List<ServiceInstance>> lists = new CopyOnWriteArrayList<>();

	private final List<RegistryException> unavailable = new CopyOnWriteArrayList<>();

	private final List<String> broken = new CopyOnWriteArrayList<>();

	@Override
	public void onInstances(List<ServiceInstance> instances) {
		guarded(() -> {
			List<HostAndPort> addresses = instances.stream().map(ServiceInstance::address).toList();
			if (!addresses.equals(addresses.stream().sorted().distinct().toList())) {
				this.broken.add("not sorted and distinct: " + addresses);
			}
			if (instances.equals(last())) {
				this.broken.add("the same list twice: " + instances);
			}
			this.lists.add(instances);
		});
	}

	@Override
	public void onUnavailable(RegistryException cause) {
		guarded(() -> {
			if (!this.lists.isEmpty()) {
				this.broken.add("unavailable after a list: " + cause);
			}
			this.unavailable.add(cause);
		});
	}

	private void guarded(Runnable record) {
		if (!this.inside.compareAndSet(false, true)) {
			this.broken.add("two calls at the same time, one by " + Thread.currentThread().getName());
			return;
		}
		try {
			record.run();
		}
		finally {
			this.inside.set(false);
		}
	}

	/**
	 * Every list so far, in order.
	 * @return a copy
	 */
	public List<List<ServiceInstance>> lists() {
		return List.copyOf(this.lists);
	}

	/**
	 * The list that counts.
	 * @return {@code null} before the first one
	 */
	public @Nullable List<ServiceInstance> last() {
		List<List<ServiceInstance>> lists = lists();
		return lists.isEmpty() ? null : lists.get(lists.size() - 1);
	}

	/**
	 * The ids of the list that counts.
	 * @return sorted by address; empty also before the first list
	 */
	public List<String> lastIds() {
		List<ServiceInstance> last = last();
		return (last != null) ? last.stream().map(ServiceInstance::id).toList() : List.of();
	}

	/**
	 * Every reason for being unavailable so far, in order.
	 * @return a copy
	 */
	public List<RegistryException> unavailable() {
		return new ArrayList<>(this.unavailable);
	}

	/**
	 * Fails if the watch broke one of its promises so far.
	 */
	public void assertPromisesKept() {
		assertThat(this.broken).isEmpty();
	}

	@Override
	public String toString() {
		return "RecordingListener" + lists();
	}

}
