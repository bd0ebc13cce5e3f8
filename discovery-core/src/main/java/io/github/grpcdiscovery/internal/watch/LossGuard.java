package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ReachabilityProbe;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Suspects losses that look like a registry's mistake rather than servers that left: all
 * instances gone, half or more of them gone at about one time, some missing right after
 * contact was lost. Such instances are retained in the list
 * <ul>
 * <li>until the registry has them again, or says what is wrong with them,</li>
 * <li>until nobody listens at their address ({@link ListeningCheck}), or</li>
 * <li>until the loss is confirmed ({@link LossConfirmation}).</li>
 * </ul>
 * Those that the registry's own probe does not reach are never dropped while they are all
 * that there is and somebody listens there. Everything else takes effect at once: new and
 * changed instances always, and instances that leave one after the other. On the event
 * loop only.
 */
final class LossGuard {

	/** Losses within this time count as one. */
	static final Duration AT_ONCE = Duration.ofSeconds(10);

	/** A server that stops listens for a while after it has left: no reason to warn. */
	static final Duration WARN_AFTER = Duration.ofSeconds(3);

	private final EventLoop loop;

	private final boolean enabled;

	private final Listener listener;

	private final LossConfirmation confirmation;

	private final ListeningCheck listening;

	private final RecentLosses recent;

	private List<ServiceInstance> reported = List.of();

	private List<ServiceInstance> effective = List.of();

	/** Instances that the registry says are gone and that stay. */
	private final Map<HostAndPort, ServiceInstance> retained = new TreeMap<>();

	/** All that there is, and only the registry's own probe does not reach it. */
	private Set<HostAndPort> panic = Set.of();

	private boolean interrupted;

	/** Set, and perhaps over, as long as something is retained. */
	private EventLoop.@Nullable Timer warnTimer;

	/**
	 * Creates a guard that knows of nothing.
	 * @param loop where all of it happens
	 * @param confirmation how long losses are suspect; zero to suspect none
	 * @param reachability finds out where nobody listens
	 * @param listener told of what happens without a listing
	 */
	LossGuard(EventLoop loop, Duration confirmation, ReachabilityProbe reachability, Listener listener) {
		this.loop = loop;
		this.enabled = !confirmation.isZero();
		this.listener = listener;
		this.confirmation = new LossConfirmation(loop, confirmation, listener::confirm);
		this.listening = new ListeningCheck(loop, reachability, this::drop);
		this.recent = new RecentLosses(loop, AT_ONCE);
	}

	/**
	 * Begins with the list of an earlier process. What the registry lacks of it is
	 * suspect as after lost contact, since the process that ended would have done so.
	 * @param instances sorted, each address once
	 */
	void begin(List<ServiceInstance> instances) {
		this.loop.requireInLoop();
		this.effective = instances;
		this.interrupted = true;
	}

	/**
	 * Takes in what the registry holds.
	 * @param reported sorted, each address once
	 * @param unhealthy addresses of instances that are missing for a reason that somebody
	 * has seen: not suspect
	 * @param unreached addresses of instances that are missing since the registry's own
	 * probe does not reach them
	 * @return the list to use, sorted, each address once
	 */
	List<ServiceInstance> accept(List<ServiceInstance> reported, Set<HostAndPort> unhealthy,
			Set<HostAndPort> unreached) {
		this.loop.requireInLoop();
		List<ServiceInstance> lost = SortedInstances.missing(this.effective, reported);
		lost.removeIf((instance) -> unhealthy.contains(instance.address()));
		this.reported = reported;
		this.panic = (reported.isEmpty() && this.enabled) ? unreached : Set.of();
		if (!this.enabled || this.confirmation.isConfirmed()) {
			drop(lost);
		}
		else if (!lost.isEmpty() || !this.retained.isEmpty()) {
			forgetRetainedForLong(lost);
			retainIfSuspect(lost);
		}
		this.interrupted = false;
		update();
		return this.effective;
	}

	private void drop(List<ServiceInstance> lost) {
		this.retained.clear();
		this.recent.clear();
		for (ServiceInstance instance : lost) {
			if (this.panic.contains(instance.address())) {
				this.retained.put(instance.address(), instance);
			}
		}
		this.confirmation.restart();
	}

	private void forgetRetainedForLong(List<ServiceInstance> lost) {
		if (this.confirmation.isOverdue()) {
			this.confirmation.resetContact();
			lost.removeIf((instance) -> this.retained.containsKey(instance.address())
					&& !this.panic.contains(instance.address()));
		}
	}

	private void retainIfSuspect(List<ServiceInstance> lost) {
		Map<HostAndPort, ServiceInstance> missing = new TreeMap<>();
		lost.forEach((instance) -> missing.put(instance.address(), instance));
		this.retained.keySet().retainAll(missing.keySet());
		missing.keySet().removeAll(this.retained.keySet());
		if (isSuspect(missing.size(), this.recent.count(this.reported))) {
			this.retained.putAll(missing);
			this.confirmation.resetContact();
		}
		else {
			this.recent.add(missing.keySet());
		}
	}

	private boolean isSuspect(int missing, int recent) {
		int losses = missing + this.retained.size() + recent;
		boolean many = losses >= 2 && losses >= this.reported.size();
		return missing > 0 && (this.reported.isEmpty() || this.interrupted || many);
	}

	/**
	 * The instances that are in the list although the registry does not have them.
	 * @return an immutable copy
	 */
	List<ServiceInstance> retained() {
		return List.copyOf(this.retained.values());
	}

	/** Whether the registry's own probe reaches none of those in the list. */
	boolean isPanic() {
		return !this.retained.isEmpty() && this.panic.containsAll(this.retained.keySet());
	}

	/**
	 * Contact is lost, or the registry's memory. Whatever is missing from the next list
	 * may have been forgotten, and confirmation begins anew.
	 */
	void interrupted() {
		this.loop.requireInLoop();
		this.interrupted = true;
		this.confirmation.interrupted();
	}

	/**
	 * The next list comes of a read that was made after {@link Listener#confirm()}, if
	 * that was asked for: it takes effect.
	 */
	void relisted() {
		this.loop.requireInLoop();
		this.confirmation.relisted();
	}

	/**
	 * Retains nothing and checks nothing any more.
	 */
	void close() {
		this.loop.requireInLoop();
		this.retained.clear();
		update();
	}

	// without contact, the one who does not get through may be us
	private void drop(Set<HostAndPort> unreachable) {
		if (!this.interrupted && this.retained.keySet().removeAll(unreachable)) {
			update();
			this.listener.changed(this.effective);
		}
	}

	private void update() {
		this.effective = SortedInstances.merged(this.reported, this.retained.values());
		this.listening.follow(this.retained.keySet());
		if (this.retained.isEmpty()) {
			this.confirmation.end();
			if (this.warnTimer != null) {
				this.warnTimer.cancel();
				this.warnTimer = null;
			}
			return;
		}
		this.confirmation.begin();
		if (this.warnTimer == null) {
			this.warnTimer = this.loop.schedule(WARN_AFTER, () -> this.listener.suspected(retained()));
		}
	}

	/** Told of what happens without a listing, on the event loop. */
	interface Listener {

		/**
		 * Losses are suspect, and not only for a moment.
		 * @param retained the instances that are in the list all the same
		 */
		void suspected(List<ServiceInstance> retained);

		/**
		 * The registry has to be listed once more, beside the running watch, until that
		 * succeeds: see {@link #relisted()}.
		 */
		void confirm();

		/**
		 * The list to use is another one.
		 * @param effective sorted, each address once
		 */
		void changed(List<ServiceInstance> effective);

	}

}
