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

	private static final BalancingSettings DEFAULTS = builder().build();

	private final Duration unresponsiveAfter;

	private final Duration warmUp;

	private final @Nullable String zone;

	BalancingSettings(BalancingSettingsBuilder builder) {
		this.unresponsiveAfter = InvalidSettingException.requireBetween("unresponsive-after", builder.unresponsiveAfter,
				Duration.ZERO, Durations.MAX);
		this.warmUp = InvalidSettingException.requireBetween("warm-up-window", builder.warmUp, Duration.ZERO,
				Durations.MAX);
		this.zone = builder.zone;
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
		return builder().unresponsiveAfter(this.unresponsiveAfter).warmUp(this.warmUp).zone(this.zone);
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

}
