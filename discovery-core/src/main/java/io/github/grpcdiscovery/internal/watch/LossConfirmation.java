package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.spi.EventLoop;

/**
 * When a loss is confirmed: the time for it is over, all of it in contact, and a fresh
 * listing says the same. Or all of it in contact that was lost again and again,
 * {@value #MOST_PERIODS} times as long. On the event loop only.
 */
final class LossConfirmation {

	/** Contact that is lost again and again adds up to so many times of the period. */
	static final int MOST_PERIODS = 4;

	private final EventLoop loop;

	private final Duration period;

	private final Runnable freshListing;

	/** Since when contact has said that the retained ones are missing. */
	private @Nullable Long contactSince;

	/** The same, of contact that was lost since, in sum. */
	private Duration contact = Duration.ZERO;

	private boolean awaitingListing;

	private boolean confirmed;

	private EventLoop.@Nullable Timer timer;

	/**
	 * Creates it without a loss to confirm.
	 * @param loop where all of it happens
	 * @param period how long a loss is suspect
	 * @param freshListing run when a fresh listing is needed
	 */
	LossConfirmation(EventLoop loop, Duration period, Runnable freshListing) {
		this.loop = loop;
		this.period = period;
		this.freshListing = freshListing;
	}

	/**
	 * There is something to confirm. Says so again without effect.
	 */
	void begin() {
		if (this.contactSince == null) {
			this.contactSince = this.loop.nanoTime();
		}
		if (this.timer == null && !this.awaitingListing) {
			this.timer = this.loop.schedule(this.period, () -> {
				this.timer = null;
				this.awaitingListing = true;
				this.freshListing.run();
			});
		}
	}

	/**
	 * There is nothing to confirm any more.
	 */
	void end() {
		restart();
		this.contactSince = null;
		this.contact = Duration.ZERO;
	}

	/**
	 * Contact is lost: the period begins anew.
	 */
	void interrupted() {
		restart();
		if (this.contactSince != null) {
			this.contact = this.contact.plus(this.loop.since(this.contactSince));
			this.contactSince = null;
		}
	}

	/**
	 * Forgets what was waited for so far.
	 */
	void restart() {
		this.awaitingListing = false;
		this.confirmed = false;
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	/**
	 * The next list comes of a fresh listing: it confirms, if one was needed.
	 */
	void relisted() {
		this.confirmed = this.awaitingListing;
	}

	boolean isConfirmed() {
		return this.confirmed;
	}

	/**
	 * Whether contact that was lost again and again has lasted long enough, in sum.
	 */
	boolean isOverdue() {
		return this.contact.compareTo(this.period.multipliedBy(MOST_PERIODS)) >= 0;
	}

	/**
	 * Counts contact from now on.
	 */
	void resetContact() {
		this.contact = Duration.ZERO;
	}

}
