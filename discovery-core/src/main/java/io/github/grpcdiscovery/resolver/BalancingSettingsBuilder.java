package io.github.grpcdiscovery.resolver;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Collects how calls are balanced. Each method returns the builder. Not safe for use by
 * several threads.
 */
public final class BalancingSettingsBuilder {

	Duration unresponsiveAfter = BalancingSettings.DEFAULT_UNRESPONSIVE_AFTER;

	Duration warmUp = BalancingSettings.DEFAULT_WARM_UP;

	@Nullable String zone;

	int subsetSize = BalancingSettings.DEFAULT_SUBSET_SIZE;

	@Nullable String clientId;

	BalancingSettingsBuilder() {
	}

	/**
	 * Sets when an unresponsive server is ejected.
	 * @param unresponsiveAfter zero to 365 days; zero never ejects one
	 * @return this builder
	 */
	public BalancingSettingsBuilder unresponsiveAfter(Duration unresponsiveAfter) {
		this.unresponsiveAfter = unresponsiveAfter;
		return this;
	}

	/**
	 * Sets how long a new instance warms up.
	 * @param warmUp zero to 365 days; zero for not at all
	 * @return this builder
	 */
	public BalancingSettingsBuilder warmUp(Duration warmUp) {
		this.warmUp = warmUp;
		return this;
	}

	/**
	 * Sets the zone of this client.
	 * @param zone as instances have it; {@code null} if it is not known
	 * @return this builder
	 */
	public BalancingSettingsBuilder zone(@Nullable String zone) {
		this.zone = zone;
		return this;
	}

	/**
	 * Sets how many instances of a large service the client connects to.
	 * @param subsetSize 1 to {@value BalancingSettings#MAX_SUBSET_SIZE}; zero for all
	 * @return this builder
	 */
	public BalancingSettingsBuilder subsetSize(int subsetSize) {
		this.subsetSize = subsetSize;
		return this;
	}

	/**
	 * Names this client among all.
	 * @param clientId the same after a restart; {@code null} to connect to all instances
	 * @return this builder
	 */
	public BalancingSettingsBuilder clientId(@Nullable String clientId) {
		this.clientId = clientId;
		return this;
	}

	/**
	 * Builds the settings.
	 * @return the settings
	 * @throws io.github.grpcdiscovery.InvalidSettingException if one breaks its rule
	 */
	public BalancingSettings build() {
		return new BalancingSettings(this);
	}

}
