package io.github.grpcdiscovery;

import java.time.Duration;

import io.github.grpcdiscovery.internal.util.Durations;

/**
 * How services are followed.
 *
 * @param backoff waits between attempts
 * @param linger how long a watch outlives its last subscription, since idle channels drop
 * their resolvers and come back
 * @param updateInterval the least time between two lists handed to listeners; the first
 * change after a quiet time is handed over at once, and so is the first instance after an
 * empty list
 * @param refreshInterval the least time between two reads beside a running watch
 * @param lossConfirmation how long it is doubted that all instances are gone, or half of
 * them at once, while somebody still listens at their addresses; zero to believe it
 * @param presence finds out whether somebody listens
 * @param snapshots remembers lists for a start without the registry
 */
public record WatchSettings(Backoff backoff, Duration linger, Duration updateInterval, Duration refreshInterval,
		Duration lossConfirmation, Presence presence, Snapshots snapshots) {

	/** What suits nearly everybody. */
	public static final WatchSettings DEFAULT = new WatchSettings(Backoff.DEFAULT, Duration.ofSeconds(60),
			Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofSeconds(30), Presence.TCP, Snapshots.NONE);

	/**
	 * Checks the durations.
	 * @throws IllegalArgumentException naming the one that is wrong, and the rule
	 */
	public WatchSettings {
		Durations.require("linger", linger, Duration.ZERO, Durations.MAX);
		Durations.require("update-interval", updateInterval, Duration.ZERO, Durations.MAX);
		Durations.require("refresh-interval", refreshInterval, Duration.ZERO, Durations.MAX);
		Durations.require("loss-confirmation", lossConfirmation, Duration.ZERO, Durations.MAX);
	}

	/**
	 * The same with other waits.
	 * @param backoff waits between attempts
	 * @return a copy
	 */
	public WatchSettings withBackoff(Backoff backoff) {
		return new WatchSettings(backoff, this.linger, this.updateInterval, this.refreshInterval, this.lossConfirmation,
				this.presence, this.snapshots);
	}

	/**
	 * The same with another linger.
	 * @param linger how long a watch outlives its last subscription
	 * @return a copy
	 */
	public WatchSettings withLinger(Duration linger) {
		return new WatchSettings(this.backoff, linger, this.updateInterval, this.refreshInterval, this.lossConfirmation,
				this.presence, this.snapshots);
	}

	/**
	 * The same with other doubts.
	 * @param lossConfirmation how long losses are doubted
	 * @param presence finds out whether somebody listens
	 * @return a copy
	 */
	public WatchSettings withLossConfirmation(Duration lossConfirmation, Presence presence) {
		return new WatchSettings(this.backoff, this.linger, this.updateInterval, this.refreshInterval, lossConfirmation,
				presence, this.snapshots);
	}

	/**
	 * The same with other snapshots.
	 * @param snapshots remembers lists
	 * @return a copy
	 */
	public WatchSettings withSnapshots(Snapshots snapshots) {
		return new WatchSettings(this.backoff, this.linger, this.updateInterval, this.refreshInterval,
				this.lossConfirmation, this.presence, snapshots);
	}

}
