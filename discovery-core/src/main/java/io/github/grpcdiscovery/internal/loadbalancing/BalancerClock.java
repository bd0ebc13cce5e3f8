package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.function.LongSupplier;

import io.grpc.SynchronizationContext;

/**
 * The time of one channel's balancer, and the synchronization context that its state is
 * confined to. Any thread, except where it says otherwise.
 */
final class BalancerClock {

	private final SynchronizationContext syncContext;

	private final LongSupplier nanoTime;

	// written in the synchronization context only
	private volatile int round = 1;

	/**
	 * Creates the clock of a channel.
	 * @param syncContext the channel's
	 * @param nanoTime monotonic clock in nanoseconds
	 */
	BalancerClock(SynchronizationContext syncContext, LongSupplier nanoTime) {
		this.syncContext = syncContext;
		this.nanoTime = nanoTime;
	}

	/** The fine clock. */
	long nanoTime() {
		return this.nanoTime.getAsLong();
	}

	/** How long ago something was by the fine clock. */
	Duration since(long nanoTime) {
		return Duration.ofNanos(nanoTime() - nanoTime);
	}

	/** The number of ticks so far, as a coarse clock. */
	int round() {
		return this.round;
	}

	/** A tick begins. In the synchronization context. */
	void nextRound() {
		requireInContext();
		this.round++;
	}

	/** Runs a task in the synchronization context, now or soon. */
	void execute(Runnable task) {
		this.syncContext.execute(task);
	}

	/**
	 * Fails if the caller is not in the synchronization context.
	 * @throws IllegalStateException always then
	 */
	void requireInContext() {
		this.syncContext.throwIfNotInThisSynchronizationContext();
	}

}
