package io.github.grpcdiscovery.watch;

import java.time.Duration;

import io.github.grpcdiscovery.reconnect.Backoff;

/**
 * How services are followed.
 *
 * @param backoff waits between attempts
 * @param linger how long a watch outlives its last subscription, since idle channels drop
 * their resolvers and come back
 * @param updateInterval the least time between two lists handed to listeners; the first
 * change after a quiet time is handed over at once
 * @param refreshInterval the least time between two reads that listeners asked for
 */
public record WatchSettings(Backoff backoff, Duration linger, Duration updateInterval, Duration refreshInterval) {

	/** What suits nearly everybody. */
	public static final WatchSettings DEFAULT = new WatchSettings(Backoff.DEFAULT, Duration.ofSeconds(60),
			Duration.ofMillis(100), Duration.ofSeconds(5));

}
