package io.github.grpcdiscovery.internal.reconnect;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Tells of lost and regained contact: once an outage, and once a minute if contact comes
 * and goes faster than that. An outage that was not told of when it began is told of when
 * the minute is over. On the event loop only.
 */
public final class ConnectivityLog {

	private static final Duration INTERVAL = Duration.ofMinutes(1);

	private final Logger logger;

	private final EventLoop loop;

	private @Nullable Long warnedAt;

	private boolean warned;

	/**
	 * Creates a log in which nothing was told.
	 * @param logger where to
	 * @param loop whose clock counts
	 */
	public ConnectivityLog(Logger logger, EventLoop loop) {
		this.logger = logger;
		this.loop = loop;
	}

	/**
	 * Contact is lost, or an attempt to regain it has failed.
	 * @param message a warning, as the logger takes it
	 * @param arguments of the message
	 */
	public void lost(String message, @Nullable Object... arguments) {
		if (this.warned) {
			return;
		}
		if (this.warnedAt == null || this.loop.since(this.warnedAt).compareTo(INTERVAL) >= 0) {
			warn(message, arguments);
		}
		else {
			this.logger.debug(message, arguments);
		}
	}

	/**
	 * Tells of a reason that somebody has to act on, whatever was told before.
	 * @param message a warning, as the logger takes it
	 * @param arguments of the message
	 */
	public void warn(String message, @Nullable Object... arguments) {
		this.warned = true;
		this.warnedAt = this.loop.nanoTime();
		this.logger.warn(message, arguments);
	}

	/**
	 * Contact is there again.
	 * @param message an information, as the logger takes it
	 * @param arguments of the message
	 */
	public void regained(String message, @Nullable Object... arguments) {
		if (this.warned) {
			this.warned = false;
			this.logger.info(message, arguments);
		}
		else {
			this.logger.debug(message, arguments);
		}
	}

}
