package io.github.grpcdiscovery.consul;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.consul.HealthAnswer.Entry;
import io.github.grpcdiscovery.spi.Listing;

/**
 * What Consul holds of a service, as last believed. It outlives the attempts of a watch:
 * an attempt that begins has to know what its first list lacks. On the event loop only.
 */
final class KnownEntries {

	private @Nullable Set<Entry> entries;

	private List<ServiceInstance> instances = List.of();

	/**
	 * Whether an answer lacks what is known, or shows nothing to somebody who knows
	 * nothing yet. It may be so, or our token may not see it.
	 */
	boolean isLessIn(HealthAnswer answer) {
		return (this.entries != null) ? !answer.entries().containsAll(this.entries) : answer.empty();
	}

	/**
	 * The nodes of what an answer lacks.
	 * @return names; empty if nothing is known
	 */
	Set<String> nodesMissingIn(HealthAnswer answer) {
		return (this.entries == null) ? Set.of()
				: this.entries.stream()
					.filter((entry) -> !answer.entries().contains(entry))
					.map(Entry::node)
					.collect(Collectors.toSet());
	}

	/**
	 * Believes an answer that tells everything.
	 * @return what to hand over
	 */
	Listing replace(HealthAnswer answer) {
		this.entries = answer.entries();
		this.instances = answer.instances();
		return answer.listing();
	}

	/**
	 * Believes an answer that may lack something, for want of a leader or a permission:
	 * it adds and changes, and takes nothing away.
	 * @return what to hand over; {@code null} if nothing is known
	 */
	@Nullable Listing add(HealthAnswer answer) {
		if (this.entries == null && answer.empty()) {
			return null;
		}
		Set<Entry> entries = new HashSet<>(answer.entries());
		if (this.entries != null) {
			entries.addAll(this.entries);
		}
		Set<HostAndPort> reported = new HashSet<>(answer.outOfService());
		answer.instances().forEach((instance) -> reported.add(instance.address()));
		List<ServiceInstance> all = new ArrayList<>(answer.instances());
		this.instances.stream().filter((instance) -> !reported.contains(instance.address())).forEach(all::add);
		this.entries = entries;
		this.instances = List.copyOf(all);
		return new Listing(this.instances, answer.outOfService(), answer.unreached(), answer.unhealthy());
	}

}
