package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;

/**
 * What is believed about the instances of one service. New instances are believed at
 * once. That one is gone is believed at once only of a registry that remembers: after
 * lost contact, after an index that went backwards and without a leader, what is missing
 * stays for a while, since servers need some seconds to find out that they have to
 * register again. That all are gone is believed when it is said twice. On the event loop
 * only.
 */
final class KnownInstances {

	/** How long a list must stay empty before it is believed. */
	static final Duration CONFIRMATION = Duration.ofSeconds(1);

	private final Duration grace;

	private @Nullable List<ServiceInstance> believed;

	private long index;

	private boolean interrupted;

	// until then what is missing stays
	private @Nullable Long doubtUntil;

	private @Nullable Long emptySince;

	/**
	 * Creates the knowledge of nothing.
	 * @param grace how long what is missing stays when there is doubt
	 */
	KnownInstances(Duration grace) {
		this.grace = grace;
	}

	/**
	 * Contact is lost: whatever was told before may be forgotten by the time it is back.
	 */
	void interrupted() {
		this.interrupted = true;
	}

	/**
	 * Whether some instance would be lost if there were none.
	 */
	boolean isEmpty() {
		return this.believed != null && this.believed.isEmpty();
	}

	/**
	 * Whether the index of an answer is lower than one before, as after a loss of memory.
	 */
	boolean isRegress(long index) {
		return index != 0 && Long.compareUnsigned(index, this.index) < 0;
	}

	/**
	 * Takes in an answer.
	 * @param answer what Consul said
	 * @param now monotonic time in nanoseconds
	 * @return the list to believe from now on; {@code null} to go on as before
	 */
	@Nullable List<ServiceInstance> accept(HealthAnswer answer, long now) {
		boolean forgot = isRegress(answer.index()) || this.interrupted;
		this.interrupted = false;
		this.index = (answer.index() != 0) ? answer.index() : this.index;
		List<ServiceInstance> told = answer.instances();
		List<ServiceInstance> before = this.believed;
		if (before == null || before.isEmpty()) {
			if (told.isEmpty() && !answer.knownLeader()) {
				return null;
			}
			return believe(told);
		}
		if (forgot) {
			this.doubtUntil = now + this.grace.toNanos();
		}
		if (this.doubtUntil != null && this.doubtUntil - now <= 0) {
			this.doubtUntil = null;
		}
		if (this.doubtUntil != null || !answer.knownLeader()) {
			this.emptySince = null;
			this.believed = union(before, told);
			return this.believed;
		}
		if (told.isEmpty() && !isEmptyConfirmed(now)) {
			return null;
		}
		return believe(told);
	}

	private boolean isEmptyConfirmed(long now) {
		if (this.emptySince == null) {
			this.emptySince = now;
		}
		return now - this.emptySince >= confirmation().toNanos();
	}

	private Duration confirmation() {
		return (this.grace.compareTo(CONFIRMATION) < 0) ? this.grace : CONFIRMATION;
	}

	private List<ServiceInstance> believe(List<ServiceInstance> told) {
		this.doubtUntil = null;
		this.emptySince = null;
		this.believed = List.copyOf(told);
		return this.believed;
	}

	private static List<ServiceInstance> union(List<ServiceInstance> before, List<ServiceInstance> told) {
		Map<String, ServiceInstance> union = new LinkedHashMap<>();
		before.forEach((instance) -> union.put(instance.id(), instance));
		told.forEach((instance) -> union.put(instance.id(), instance));
		return List.copyOf(union.values());
	}

	/**
	 * When Consul should be asked again, whether or not something changes, to end a
	 * doubt.
	 * @param now monotonic time in nanoseconds
	 * @return {@code null} if there is no doubt
	 */
	@Nullable Duration askAgainIn(long now) {
		if (this.doubtUntil != null) {
			return Duration.ofNanos(this.doubtUntil - now);
		}
		return (this.emptySince != null) ? confirmation().minusNanos(now - this.emptySince) : null;
	}

}
