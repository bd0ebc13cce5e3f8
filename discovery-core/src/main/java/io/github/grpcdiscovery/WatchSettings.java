package io.github.grpcdiscovery;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Durations;

/**
 * How services are followed. Immutable.
 */
public final class WatchSettings {

	/** What suits nearly everybody. */
	public static final WatchSettings DEFAULT = builder().build();

	private final Backoff backoff;

	private final Duration linger;

	private final Duration updateInterval;

	private final Duration refreshInterval;

	private final Duration lossConfirmation;

	private final ReachabilityProbe reachability;

	private final Snapshots snapshots;

	WatchSettings(WatchSettingsBuilder builder) {
		this.backoff = builder.backoff;
		this.linger = checked("linger", builder.linger);
		this.updateInterval = checked("update-interval", builder.updateInterval);
		this.refreshInterval = checked("refresh-interval", builder.refreshInterval);
		this.lossConfirmation = checked("loss-confirmation", builder.lossConfirmation);
		this.reachability = builder.reachability;
		this.snapshots = builder.snapshots;
	}

	private static Duration checked(String setting, Duration value) {
		return InvalidSettingException.requireBetween(setting, value, Duration.ZERO, Durations.MAX);
	}

	/**
	 * Begins with the defaults.
	 * @return checks everything when it builds
	 */
	public static WatchSettingsBuilder builder() {
		return new WatchSettingsBuilder();
	}

	/**
	 * Begins a changed copy.
	 * @return a builder that has everything of these settings
	 */
	public WatchSettingsBuilder toBuilder() {
		return builder().backoff(this.backoff)
			.linger(this.linger)
			.updateInterval(this.updateInterval)
			.refreshInterval(this.refreshInterval)
			.lossConfirmation(this.lossConfirmation)
			.reachability(this.reachability)
			.snapshots(this.snapshots);
	}

	/** Waits between attempts. */
	public Backoff backoff() {
		return this.backoff;
	}

	/** How long a watch outlives its last subscription. */
	public Duration linger() {
		return this.linger;
	}

	/** The least time between two lists handed to listeners. */
	public Duration updateInterval() {
		return this.updateInterval;
	}

	/** The least time between two reads beside a running watch. */
	public Duration refreshInterval() {
		return this.refreshInterval;
	}

	/** How long instances are retained when many are gone at once. */
	public Duration lossConfirmation() {
		return this.lossConfirmation;
	}

	/** Finds out whether somebody listens at an address. */
	public ReachabilityProbe reachability() {
		return this.reachability;
	}

	/** Remembers lists for a start without the registry. */
	public Snapshots snapshots() {
		return this.snapshots;
	}

	private List<Object> components() {
		return List.of(this.backoff, this.linger, this.updateInterval, this.refreshInterval, this.lossConfirmation,
				this.reachability, this.snapshots);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof WatchSettings that && components().equals(that.components()));
	}

	@Override
	public int hashCode() {
		return components().hashCode();
	}

	@Override
	public String toString() {
		return "WatchSettings[backoff=%s, linger=%s, updateInterval=%s, refreshInterval=%s, lossConfirmation=%s, reachability=%s, snapshots=%s]"
			.formatted(this.backoff, this.linger, this.updateInterval, this.refreshInterval, this.lossConfirmation,
					this.reachability, this.snapshots);
	}

}
