package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * Whether a server fails its calls. One that failed {@value #IN_ROW} in a row gets none
 * for a pause, then one as a trial; the pause doubles with each trial that fails, up to
 * {@link Trials#LONGEST_NANOS}, and one call that is served ends it. Any thread.
 */
final class FailureBackoff {

	/** So many failures in a row are no accident. */
	static final int IN_ROW = 3;

	/** The first pause. */
	static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final AtomicLongFieldUpdater<FailureBackoff> RETRY_AT = AtomicLongFieldUpdater
		.newUpdater(FailureBackoff.class, "retryAt");

	private volatile int failures;

	// when the next trial may be; 0 if it gets calls like any other
	private volatile long retryAt;

	private volatile long pausedAt;

	/** A call was served, or everybody fails, which is no fault of this server. */
	void clear() {
		if (this.failures != 0) {
			this.failures = 0;
		}
		if (this.retryAt != 0) {
			this.retryAt = 0;
		}
	}

	/**
	 * A call failed.
	 * @param begun when it was given to the server; of those that were under way when the
	 * pause began, each further failure says nothing new
	 * @param now the time
	 */
	void failed(long begun, long now) {
		if (this.retryAt != 0 && begun - this.pausedAt < 0) {
			return;
		}
		int failures = Math.min(this.failures + 1, 16);
		this.failures = failures;
		if (failures >= IN_ROW) {
			this.pausedAt = now;
			this.retryAt = (now + pause(failures)) | 1;
		}
	}

	private static long pause(int failures) {
		return Math.min(PAUSE_NANOS << (failures - IN_ROW), Trials.LONGEST_NANOS);
	}

	/** Whether it gets no calls but trials. */
	boolean isBackingOff() {
		return this.retryAt != 0;
	}

	/**
	 * Whether this call is the trial. Says so to one caller, and to another one a pause
	 * later if nothing was heard of it.
	 * @param now the time
	 */
	boolean tryNow(long now) {
		long at = this.retryAt;
		return at != 0 && now - at >= 0 && RETRY_AT.compareAndSet(this, at, (now + Trials.LONGEST_NANOS) | 1);
	}

}
