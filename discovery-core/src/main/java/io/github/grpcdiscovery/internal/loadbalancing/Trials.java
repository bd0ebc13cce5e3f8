package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * When a server that is passed over gets one call again: after a pause that doubles with
 * each trial in a row, up to {@link #LONGEST_NANOS}. Any thread.
 */
final class Trials {

	/** The longest pause. */
	static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);

	/** A server that was not passed over for so long begins anew. */
	private static final long FORGOTTEN_NANOS = 3 * LONGEST_NANOS;

	private static final AtomicLongFieldUpdater<Trials> NEXT_AT = AtomicLongFieldUpdater.newUpdater(Trials.class,
			"nextAt");

	private final long shortest;

	// 0 before the first
	private volatile long nextAt;

	private volatile int inRow;

	private volatile boolean underWay;

	/**
	 * Creates it for a server that was never passed over.
	 * @param shortest the first pause in nanoseconds
	 */
	Trials(long shortest) {
		this.shortest = shortest;
	}

	/**
	 * Whether a server that is passed over now gets this call. Says so to one caller.
	 * @param now the time
	 */
	boolean begin(long now) {
		long at = this.nextAt;
		if (at != 0 && now - at < 0) {
			return false;
		}
		boolean first = at == 0 || now - at > FORGOTTEN_NANOS;
		int inRow = first ? 0 : Math.min(this.inRow + 1, 16);
		if (!NEXT_AT.compareAndSet(this, at, (now + Math.min(this.shortest << inRow, LONGEST_NANOS)) | 1)) {
			return false;
		}
		this.inRow = inRow;
		if (!first) {
			this.underWay = true;
		}
		return !first;
	}

	/** Whether the answer that came is that of a trial. */
	boolean end() {
		boolean underWay = this.underWay;
		if (underWay) {
			this.underWay = false;
		}
		return underWay;
	}

}
