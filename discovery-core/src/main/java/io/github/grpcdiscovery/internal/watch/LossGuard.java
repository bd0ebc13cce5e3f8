package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.Presence;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Doubts losses that look like a registry's mistake rather than servers that left: all
 * instances gone, half or more of them gone at about one time, some missing right after
 * contact was lost. Such instances are held in the list
 * <ul>
 * <li>until the registry has them again, or says what is wrong with them,</li>
 * <li>until nobody listens at their address, which is a second witness, or</li>
 * <li>until the time for confirmation is over, all of it in contact, and a fresh listing
 * says the same, or all of it in contact that was lost again and again,
 * {@value #MOST_CONFIRMATIONS} times as long.</li>
 * </ul>
 * Those that the registry's own probe does not reach are never dropped while they are all
 * that there is and somebody listens there. Everything else is believed at once: new and
 * changed instances always, and instances that leave one after the other. On the event
 * loop only.
 */
final class LossGuard {

	/** Losses within this time count as one. */
	static final Duration AT_ONCE = Duration.ofSeconds(10);

	/** Mean time between two questions whether somebody listens. */
	static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

	/** A server that stops listens for a while after it has left: no reason to speak. */
	static final Duration TOLD_AFTER = Duration.ofSeconds(3);

	/** Contact that is lost again and again adds up to so many times of confirmation. */
	static final int MOST_CONFIRMATIONS = 4;

	private final EventLoop loop;

	private final Duration confirmation;

	private final Presence presence;

	private final Listener listener;

	private List<ServiceInstance> told = List.of();

	private List<ServiceInstance> believed = List.of();

	/** Instances that the registry says are gone and that stay. */
	private final Map<HostAndPort, ServiceInstance> held = new TreeMap<>();

	/** All that there is, and only the registry's own probe does not reach it. */
	private Set<HostAndPort> panic = Set.of();

	/** When losses were believed, as long as they count for the next one. */
	private final Map<HostAndPort, Long> gone = new HashMap<>();

	private boolean interrupted;

	/** Since when contact has said that the held ones are missing. */
	private @Nullable Long contactSince;

	/** The same, of contact that was lost since, in sum. */
	private Duration contact = Duration.ZERO;

	/** A fresh listing is waited for. */
	private boolean confirming;

	/** The next list is that listing. */
	private boolean confirmed;

	private boolean checking;

	private boolean closed;

	private EventLoop.@Nullable Timer confirmationTimer;

	private EventLoop.@Nullable Timer checkTimer;

	/** Set, and perhaps over, as long as there is something in doubt. */
	private EventLoop.@Nullable Timer tellTimer;

	/**
	 * Creates a guard that knows of nothing.
	 * @param loop where all of it happens
	 * @param confirmation how long losses are doubted; zero to believe everything
	 * @param presence the second witness
	 * @param listener told of what happens without a listing
	 */
	LossGuard(EventLoop loop, Duration confirmation, Presence presence, Listener listener) {
		this.loop = loop;
		this.confirmation = confirmation;
		this.presence = presence;
		this.listener = listener;
	}

	/**
	 * Begins with the list of an earlier process. What the registry lacks of it is
	 * doubted as after lost contact, since the process that ended would have done so.
	 * @param instances sorted, each address once
	 */
	void begin(List<ServiceInstance> instances) {
		this.believed = instances;
		this.interrupted = true;
	}

	/**
	 * Takes in what the registry holds.
	 * @param told sorted, each address once
	 * @param withdrawn addresses of instances that are missing for a reason that somebody
	 * has seen: nothing to doubt
	 * @param unreached addresses of instances that are missing since the registry's own
	 * probe does not reach them
	 * @return the list to believe, sorted, each address once
	 */
	List<ServiceInstance> accept(List<ServiceInstance> told, Set<HostAndPort> withdrawn, Set<HostAndPort> unreached) {
		List<ServiceInstance> lost = Sorted.missing(this.believed, told);
		lost.removeIf((instance) -> withdrawn.contains(instance.address()));
		this.told = told;
		this.panic = (told.isEmpty() && !this.confirmation.isZero()) ? unreached : Set.of();
		if (this.confirmed || this.confirmation.isZero()) {
			believe(lost);
		}
		else if (!lost.isEmpty() || !this.held.isEmpty()) {
			forgetHeldForLong(lost);
			doubt(lost);
		}
		this.interrupted = false;
		arm();
		this.believed = Sorted.merged(told, this.held.values());
		return this.believed;
	}

	private void believe(List<ServiceInstance> lost) {
		this.held.clear();
		this.gone.clear();
		for (ServiceInstance instance : lost) {
			if (this.panic.contains(instance.address())) {
				this.held.put(instance.address(), instance);
			}
		}
		cancelConfirmation();
	}

	private void forgetHeldForLong(List<ServiceInstance> lost) {
		if (this.contact.compareTo(this.confirmation.multipliedBy(MOST_CONFIRMATIONS)) >= 0) {
			this.contact = Duration.ZERO;
			lost.removeIf((instance) -> this.held.containsKey(instance.address())
					&& !this.panic.contains(instance.address()));
		}
	}

	private void doubt(List<ServiceInstance> lost) {
		Map<HostAndPort, ServiceInstance> missing = new TreeMap<>();
		lost.forEach((instance) -> missing.put(instance.address(), instance));
		this.held.keySet().retainAll(missing.keySet());
		missing.keySet().removeAll(this.held.keySet());
		forgetOldLosses();
		if (isDoubtful(missing.size())) {
			this.held.putAll(missing);
			this.contact = Duration.ZERO;
		}
		else {
			missing.keySet().forEach((address) -> this.gone.put(address, this.loop.nanoTime()));
		}
	}

	private boolean isDoubtful(int missing) {
		if (missing == 0) {
			return false;
		}
		int losses = missing + this.held.size() + this.gone.size();
		return this.told.isEmpty() || this.interrupted || (losses >= 2 && 2 * losses >= losses + this.told.size());
	}

	private void forgetOldLosses() {
		this.gone.values().removeIf((when) -> this.loop.since(when).compareTo(AT_ONCE) > 0);
		if (!this.gone.isEmpty()) {
			this.told.forEach((instance) -> this.gone.remove(instance.address()));
		}
	}

	/**
	 * The list to believe now.
	 * @return sorted, each address once
	 */
	List<ServiceInstance> believed() {
		return this.believed;
	}

	/**
	 * The instances that are in the list although the registry does not have them.
	 * @return an immutable copy
	 */
	List<ServiceInstance> held() {
		return List.copyOf(this.held.values());
	}

	/**
	 * Whether the list consists of instances that the registry's own probe does not
	 * reach.
	 */
	boolean isPanic() {
		return !this.held.isEmpty() && this.panic.containsAll(this.held.keySet());
	}

	/**
	 * Contact is lost, or the registry's memory. Whatever is missing from the next list
	 * may have been forgotten, and doubts begin anew.
	 */
	void interrupted() {
		this.interrupted = true;
		cancelConfirmation();
		if (this.contactSince != null) {
			this.contact = this.contact.plus(this.loop.since(this.contactSince));
			this.contactSince = null;
		}
	}

	/**
	 * The next list comes of a read that was made after {@link Listener#confirm()}, if
	 * that was asked for: it is believed.
	 */
	void listedAnew() {
		this.confirmed = this.confirming;
	}

	/**
	 * Ends all doubts and asks nobody any more.
	 */
	void close() {
		this.closed = true;
		this.held.clear();
		arm();
	}

	private void arm() {
		if (this.held.isEmpty()) {
			cancelConfirmation();
			this.contactSince = null;
			this.contact = Duration.ZERO;
			if (this.checkTimer != null) {
				this.checkTimer.cancel();
				this.checkTimer = null;
			}
			if (this.tellTimer != null) {
				this.tellTimer.cancel();
				this.tellTimer = null;
			}
			return;
		}
		if (this.contactSince == null) {
			this.contactSince = this.loop.nanoTime();
		}
		if (this.tellTimer == null) {
			this.tellTimer = this.loop.schedule(TOLD_AFTER, () -> this.listener.doubted(this.held.size()));
		}
		if (this.confirmationTimer == null && !this.confirming) {
			this.confirmationTimer = this.loop.schedule(this.confirmation, this::confirm);
		}
		if (this.checkTimer == null && !this.checking) {
			check();
		}
	}

	private void cancelConfirmation() {
		this.confirming = false;
		this.confirmed = false;
		if (this.confirmationTimer != null) {
			this.confirmationTimer.cancel();
			this.confirmationTimer = null;
		}
	}

	private void confirm() {
		this.confirmationTimer = null;
		this.confirming = true;
		this.listener.confirm();
	}

	private void check() {
		this.checkTimer = null;
		this.checking = true;
		this.presence.check(List.copyOf(this.held.keySet()), (absent) -> this.loop.execute(() -> checked(absent)));
	}

	private void checked(Set<HostAndPort> absent) {
		this.checking = false;
		if (this.closed) {
			return;
		}
		// without contact, the one who does not get through may be us
		boolean dropped = !this.interrupted && this.held.keySet().removeAll(absent);
		if (!this.held.isEmpty() && this.checkTimer == null) {
			this.checkTimer = this.loop.schedule(this.loop.jittered(CHECK_INTERVAL), this::check);
		}
		if (dropped) {
			arm();
			this.believed = Sorted.merged(this.told, this.held.values());
			this.listener.changed();
		}
	}

	/** Told of what happens without a listing, on the event loop. */
	interface Listener {

		/**
		 * Losses are doubted, and not only for a moment.
		 * @param held how many instances are held in the list now
		 */
		void doubted(int held);

		/**
		 * The registry has to be listed once more, beside the running watch, until that
		 * succeeds: see {@link #listedAnew()}.
		 */
		void confirm();

		/**
		 * The list to believe is another one.
		 */
		void changed();

	}

	/** What can be done with lists that are sorted by address. */
	private static final class Sorted {

		private Sorted() {
		}

		/**
		 * What one list has and another has not, by address.
		 */
		static List<ServiceInstance> missing(List<ServiceInstance> before, List<ServiceInstance> now) {
			List<ServiceInstance> missing = new ArrayList<>();
			int i = 0;
			for (ServiceInstance instance : before) {
				while (i < now.size() && InstancesPublisher.BY_ADDRESS.compare(now.get(i), instance) < 0) {
					i++;
				}
				if (i == now.size() || InstancesPublisher.BY_ADDRESS.compare(now.get(i), instance) != 0) {
					missing.add(instance);
				}
			}
			return missing;
		}

		static List<ServiceInstance> merged(List<ServiceInstance> one, Collection<ServiceInstance> other) {
			if (other.isEmpty()) {
				return one;
			}
			List<ServiceInstance> merged = new ArrayList<>(one);
			merged.addAll(other);
			merged.sort(InstancesPublisher.BY_ADDRESS);
			return Collections.unmodifiableList(merged);
		}

	}

}
