package io.github.grpcdiscovery.internal.watch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

import io.github.grpcdiscovery.ServiceInstance;

/** Lists of instances that are sorted by address and hold each address once. */
final class SortedInstances {

	// the order of HostAndPort, without making one for each comparison
	private static final Comparator<ServiceInstance> BY_ADDRESS = Comparator.comparing(ServiceInstance::host)
		.thenComparingInt(ServiceInstance::port);

	private static final Comparator<ServiceInstance> BY_ADDRESS_AND_ID = BY_ADDRESS.thenComparing(ServiceInstance::id);

	private SortedInstances() {
	}

	/**
	 * Sorts instances and drops all but one of each address.
	 * @param instances in any order
	 * @return an immutable list
	 */
	static List<ServiceInstance> of(Collection<ServiceInstance> instances) {
		List<ServiceInstance> sorted = new ArrayList<>(instances);
		sorted.sort(BY_ADDRESS_AND_ID);
		List<ServiceInstance> distinct = new ArrayList<>(sorted.size());
		ServiceInstance before = null;
		for (ServiceInstance instance : sorted) {
			if (before == null || BY_ADDRESS.compare(before, instance) != 0) {
				distinct.add(instance);
			}
			before = instance;
		}
		return List.copyOf(distinct);
	}

	/**
	 * What one list has and another has not, by address.
	 * @param before sorted
	 * @param now sorted
	 * @return a new list, sorted
	 */
	static List<ServiceInstance> missing(List<ServiceInstance> before, List<ServiceInstance> now) {
		List<ServiceInstance> missing = new ArrayList<>();
		int i = 0;
		for (ServiceInstance instance : before) {
			while (i < now.size() && BY_ADDRESS.compare(now.get(i), instance) < 0) {
				i++;
			}
			if (i == now.size() || BY_ADDRESS.compare(now.get(i), instance) != 0) {
				missing.add(instance);
			}
		}
		return missing;
	}

	/**
	 * Adds instances of other addresses to a list.
	 * @param one sorted, immutable
	 * @param other in any order, of addresses that the list lacks
	 * @return an immutable list, sorted
	 */
	static List<ServiceInstance> merged(List<ServiceInstance> one, Collection<ServiceInstance> other) {
		if (other.isEmpty()) {
			return one;
		}
		List<ServiceInstance> merged = new ArrayList<>(one);
		merged.addAll(other);
		merged.sort(BY_ADDRESS);
		return Collections.unmodifiableList(merged);
	}

}
