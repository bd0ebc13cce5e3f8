package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.WatchAttempt;

/**
 * Decides when a service is read once more beside its running watch. A hint leads to a
 * read only if the watch has not been heard for a while; a required read is made in any
 * case, and again until it succeeds. Both wait for a random moment, since the same reason
 * reaches a whole fleet at once. Without contact nothing is read: the next attempt lists
 * the service anyway. On the event loop only.
 */
final class RefreshSchedule {

	/** What a watch knew so recently is current. */
	static final Duration FRESH = Duration.ofSeconds(15);

	/** The reads of a fleet are spread over this time. */
	static final Duration SPREAD = Duration.ofSeconds(2);

	private final EventLoop loop;

	private final Duration interval;

	/** The attempt that is in contact. */
	private @Nullable WatchAttempt attempt;

	private @Nullable Long heardAt;

	private @Nullable Long readAt;

	private EventLoop.@Nullable Timer timer;

	private boolean required;

	private boolean reading;

	/**
	 * Creates a schedule without contact.
	 * @param loop where all of it happens
	 * @param interval least time between two reads
	 */
	RefreshSchedule(EventLoop loop, Duration interval) {
		this.loop = loop;
		this.interval = interval;
	}

	/**
	 * Contact is there: the service was listed just now.
	 * @param attempt makes the reads
	 */
	void connected(WatchAttempt attempt) {
		this.loop.requireInLoop();
		this.attempt = attempt;
		heard();
		if (this.required) {
			schedule(spread());
		}
	}

	/**
	 * Contact is lost, or the watch ends: forgets all that was planned.
	 */
	void disconnected() {
		this.loop.requireInLoop();
		this.attempt = null;
		this.heardAt = null;
		this.required = false;
		this.reading = false;
		cancelTimer();
	}

	/**
	 * The registry answered the watch just now.
	 */
	void heard() {
		this.loop.requireInLoop();
		this.heardAt = this.loop.nanoTime();
	}

	/**
	 * The list may be out of date.
	 */
	void hint() {
		this.loop.requireInLoop();
		if (this.attempt != null && !this.reading && this.timer == null && !isFresh() && mayRefresh()) {
			schedule(spread());
		}
	}

	/**
	 * The service has to be read, however fresh the list is.
	 */
	void require() {
		this.loop.requireInLoop();
		this.required = true;
		if (this.attempt != null && !this.reading) {
			schedule(spread());
		}
	}

	/**
	 * The read has succeeded.
	 */
	void succeeded() {
		this.loop.requireInLoop();
		this.reading = false;
		this.required = false;
		heard();
	}

	/**
	 * The read has failed.
	 */
	void failed() {
		this.loop.requireInLoop();
		this.reading = false;
		if (this.required) {
			schedule(this.interval.plus(spread()));
		}
	}

	private void read() {
		this.timer = null;
		WatchAttempt attempt = this.attempt;
		if (attempt != null && (this.required || !isFresh())) {
			this.reading = true;
			this.readAt = this.loop.nanoTime();
			attempt.refresh();
		}
	}

	private boolean isFresh() {
		return this.heardAt != null && this.loop.since(this.heardAt).compareTo(FRESH) < 0;
	}

	private boolean mayRefresh() {
		return this.readAt == null || this.loop.since(this.readAt).compareTo(this.interval) >= 0;
	}

	private Duration spread() {
		return Duration.ofNanos((long) (SPREAD.toNanos() * this.loop.random()));
	}

	private void schedule(Duration delay) {
		cancelTimer();
		this.timer = this.loop.schedule(delay, this::read);
	}

	private void cancelTimer() {
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

}
