package io.github.grpcdiscovery;

import java.time.Duration;

/**
 * Collects settings. Each method returns the builder. Not safe for use by several
 * threads.
 */
public final class WatchSettingsBuilder {

	Backoff backoff = Backoff.DEFAULT;

	Duration linger = Duration.ofSeconds(60);

	Duration updateInterval = Duration.ofMillis(100);

	Duration refreshInterval = Duration.ofSeconds(5);

	Duration lossConfirmation = Duration.ofSeconds(30);

	ReachabilityProbe reachability = ReachabilityProbe.TCP;

	Snapshots snapshots = Snapshots.NONE;

	WatchSettingsBuilder() {
	}

	/** Waits between attempts. */
	public WatchSettingsBuilder backoff(Backoff backoff) {
		this.backoff = backoff;
		return this;
	}

	/**
	 * How long a watch outlives its last subscription, since idle channels drop their
	 * resolvers and come back; defaults to 60 s.
	 */
	public WatchSettingsBuilder linger(Duration linger) {
		this.linger = linger;
		return this;
	}

	/**
	 * The least time between two lists handed to listeners; defaults to 100 ms. The first
	 * change after a quiet time is handed over at once, and so is the first instance
	 * after an empty list.
	 */
	public WatchSettingsBuilder updateInterval(Duration updateInterval) {
		this.updateInterval = updateInterval;
		return this;
	}

	/** The least time between two reads beside a running watch; defaults to 5 s. */
	public WatchSettingsBuilder refreshInterval(Duration refreshInterval) {
		this.refreshInterval = refreshInterval;
		return this;
	}

	/**
	 * How long instances are retained when all of them are gone, or half of them at once,
	 * while their addresses accept connections; defaults to 30 s. With zero every loss
	 * takes effect at once.
	 */
	public WatchSettingsBuilder lossConfirmation(Duration lossConfirmation) {
		this.lossConfirmation = lossConfirmation;
		return this;
	}

	/** Finds out whether somebody listens; defaults to a TCP connection. */
	public WatchSettingsBuilder reachability(ReachabilityProbe reachability) {
		this.reachability = reachability;
		return this;
	}

	/** Remembers lists for a start without the registry; none by default. */
	public WatchSettingsBuilder snapshots(Snapshots snapshots) {
		this.snapshots = snapshots;
		return this;
	}

	/**
	 * Checks everything and makes the settings.
	 * @return the settings
	 * @throws InvalidSettingException naming the setting, its value and its rule
	 */
	public WatchSettings build() {
		return new WatchSettings(this);
	}

}
