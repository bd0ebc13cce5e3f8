package io.github.grpcdiscovery.resolver;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.InvalidSettingException;
import io.github.grpcdiscovery.internal.util.Durations;

/**
 * How the calls of a channel are balanced over the instances of a service. Immutable.
 *
 * <pre>{@code
 * BalancingSettings.builder().zone("eu-1a").warmUp(Duration.ofSeconds(30)).build();
 * }</pre>
 */
public final class BalancingSettings {

	/** Two seconds. */
	public static final Duration DEFAULT_UNRESPONSIVE_AFTER = Duration.ofSeconds(2);

	/** Ten seconds. */
	public static final Duration DEFAULT_WARM_UP = Duration.ofSeconds(10);

	/** Twenty. */
	public static final int DEFAULT_SUBSET_SIZE = 20;

	/** So many instances a client may connect to where it does not connect to all. */
	public static final int MAX_SUBSET_SIZE = 10_000;

	private static final BalancingSettings DEFAULTS = builder().build();

	private final Duration unresponsiveAfter;

	private final Duration warmUp;

	private final @Nullable String zone;

	private final int subsetSize;

	private final @Nullable String clientId;

	BalancingSettings(BalancingSettingsBuilder builder) {
		this.unresponsiveAfter = InvalidSettingException.requireBetween("unresponsive-after", builder.unresponsiveAfter,
				Duration.ZERO, Durations.MAX);
		this.warmUp = InvalidSettingException.requireBetween("warm-up-window", builder.warmUp, Duration.ZERO,
				Durations.MAX);
		this.zone = builder.zone;
		if (builder.subsetSize < 0 || builder.subsetSize > MAX_SUBSET_SIZE) {
			throw InvalidSettingException.of("subset-size", builder.subsetSize, "0 to " + MAX_SUBSET_SIZE);
		}
		this.subsetSize = builder.subsetSize;
		this.clientId = builder.clientId;
	}

	/**
	 * Begins with the defaults.
	 * @return checks everything when it builds
	 */
	public static BalancingSettingsBuilder builder() {
		return new BalancingSettingsBuilder();
	}

	/**
	 * The settings of a channel that says nothing.
	 * @return the defaults
	 */
	public static BalancingSettings defaults() {
		return DEFAULTS;
	}

	/**
	 * Begins a changed copy.
	 * @return a builder that has everything of these
	 */
	public BalancingSettingsBuilder toBuilder() {
		return builder().unresponsiveAfter(this.unresponsiveAfter)
			.warmUp(this.warmUp)
			.zone(this.zone)
			.subsetSize(this.subsetSize)
			.clientId(this.clientId);
	}

	/**
	 * How long nothing may come from a server that is called before it gets no calls,
	 * while others answer; zero never ejects one.
	 */
	public Duration unresponsiveAfter() {
		return this.unresponsiveAfter;
	}

	/** For how long the share of an instance grows after its start; zero for none. */
	public Duration warmUp() {
		return this.warmUp;
	}

	/** The zone that this client runs in, if known: its instances are called first. */
	public @Nullable String zone() {
		return this.zone;
	}

	/**
	 * How many instances the client connects to if a service has more than twice as many;
	 * zero for all. It takes a {@link #clientId()} as well.
	 */
	public int subsetSize() {
		return this.subsetSize;
	}

	/**
	 * Names this client among all, the same after a restart; {@code null} to connect to
	 * all instances.
	 */
	public @Nullable String clientId() {
		return this.clientId;
	}

}
