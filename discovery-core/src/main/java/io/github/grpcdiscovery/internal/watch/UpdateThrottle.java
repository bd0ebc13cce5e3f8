package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.Listing;

/**
 * Passes on what a registry reports, at most once an interval. Of the reports that come
 * in between, only the last one is read. On the event loop only.
 */
final class UpdateThrottle {

	private final EventLoop loop;

	private final Duration interval;

	private final Consumer<Listing> output;

	private @Nullable Supplier<Listing> pending;

	private EventLoop.@Nullable Timer timer;

	private long readAt;

	private boolean skippedInterval;

	/**
	 * Creates a throttle that passes on the first report at once.
	 * @param loop where all of it happens
	 * @param interval least time between two reads
	 * @param output takes the listings
	 */
	UpdateThrottle(EventLoop loop, Duration interval, Consumer<Listing> output) {
		this.loop = loop;
		this.interval = interval;
		this.output = output;
		this.readAt = loop.nanoTime() - interval.toNanos();
	}

	/**
	 * Takes a report.
	 * @param listing read when it is passed on
	 * @param urgent calls wait for it: it need not wait for the interval, unless the
	 * report before did not either
	 */
	void offer(Supplier<Listing> listing, boolean urgent) {
		this.loop.requireInLoop();
		this.pending = listing;
		if (this.timer != null) {
			return;
		}
		Duration rest = this.interval.minus(this.loop.since(this.readAt));
		boolean elapsed = rest.isNegative() || rest.isZero();
		if (elapsed || (urgent && !this.skippedInterval)) {
			this.skippedInterval = !elapsed;
			read();
		}
		else {
			this.timer = this.loop.schedule(rest, () -> {
				this.timer = null;
				this.skippedInterval = false;
				read();
			});
		}
	}

	private void read() {
		Supplier<Listing> supplier = this.pending;
		this.pending = null;
		if (supplier != null) {
			this.readAt = this.loop.nanoTime();
			this.output.accept(supplier.get());
		}
	}

	/**
	 * Drops the report that waits, if there is one.
	 */
	void dropPending() {
		this.loop.requireInLoop();
		this.pending = null;
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

}
