package io.github.grpcdiscovery.autoconfigure;

import java.time.Duration;

/**
 * How calls are balanced over the instances of services.
 */
public class BalancingProperties {

	/**
	 * Whether channels that would use 'round_robin' use 'discovery_least_load' instead,
	 * which goes by load, weight, zone and age of the instances.
	 */
	private boolean enabled = true;

	/**
	 * For how long the share of the calls that an instance gets grows after its start.
	 * With '0' it gets its full share at once.
	 */
	private Duration warmUp = Duration.ofSeconds(10);

	/**
	 * Whether instances of the same zone as this application's are called first, as long
	 * as they have the capacity. The zone is 'grpc.discovery.registration.zone', or what
	 * the environment says.
	 */
	private boolean zoneAware = true;

	/**
	 * How many instances a client connects to where a service has more than twice as
	 * many. With '0' it connects to all of them.
	 */
	private int subsetSize = 20;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Duration getWarmUp() {
		return this.warmUp;
	}

	public void setWarmUp(Duration warmUp) {
		this.warmUp = warmUp;
	}

	public int getSubsetSize() {
		return this.subsetSize;
	}

	public void setSubsetSize(int subsetSize) {
		this.subsetSize = subsetSize;
	}

	public boolean isZoneAware() {
		return this.zoneAware;
	}

	public void setZoneAware(boolean zoneAware) {
		this.zoneAware = zoneAware;
	}

}
