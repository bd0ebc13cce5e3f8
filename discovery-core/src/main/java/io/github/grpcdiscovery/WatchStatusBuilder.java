package io.github.grpcdiscovery;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Collects the state of a followed service. Each method returns the builder. Not safe for
 * use by several threads.
 */
public final class WatchStatusBuilder {

	final String registry;

	final String service;

	boolean connected;

	int subscriptions;

	@Nullable List<ServiceInstance> instances;

	List<ServiceInstance> unconfirmed = List.of();

	@Nullable Instant staleSince;

	@Nullable Instant updated;

	long reconnects;

	@Nullable String lastError;

	Map<HostAndPort, String> unhealthy = Map.of();

	List<SkippedEntry> skipped = List.of();

	@Nullable ServiceConfigStatus serviceConfig;

	WatchStatusBuilder(String registry, String service) {
		this.registry = registry;
		this.service = service;
	}

	/** Whether the list is kept up to date; defaults to {@code false}. */
	public WatchStatusBuilder connected(boolean connected) {
		this.connected = connected;
		return this;
	}

	/** How many listeners share the watch. */
	public WatchStatusBuilder subscriptions(int subscriptions) {
		this.subscriptions = subscriptions;
		return this;
	}

	/** The list as listeners have it; {@code null} for none yet. */
	public WatchStatusBuilder instances(@Nullable List<ServiceInstance> instances) {
		this.instances = instances;
		return this;
	}

	/** Those in the list that the registry does not have any more. */
	public WatchStatusBuilder unconfirmed(List<ServiceInstance> unconfirmed) {
		this.unconfirmed = unconfirmed;
		return this;
	}

	/** When the list was last known to be true; {@code null} if it is. */
	public WatchStatusBuilder staleSince(@Nullable Instant staleSince) {
		this.staleSince = staleSince;
		return this;
	}

	/** When the list last changed; {@code null} for never. */
	public WatchStatusBuilder updated(@Nullable Instant updated) {
		this.updated = updated;
		return this;
	}

	/** How often contact was lost. */
	public WatchStatusBuilder reconnects(long reconnects) {
		this.reconnects = reconnects;
		return this;
	}

	/** What went wrong last, without secrets; {@code null} for nothing. */
	public WatchStatusBuilder lastError(@Nullable String lastError) {
		this.lastError = lastError;
		return this;
	}

	/** Those not to be called, each with what the registry says about it. */
	public WatchStatusBuilder unhealthy(Map<HostAndPort, String> unhealthy) {
		this.unhealthy = unhealthy;
		return this;
	}

	/** What could not be read as an instance, the last first. */
	public WatchStatusBuilder skipped(List<SkippedEntry> skipped) {
		this.skipped = skipped;
		return this;
	}

	/** State of its service config; {@code null} if nobody follows that. */
	public WatchStatusBuilder serviceConfig(@Nullable ServiceConfigStatus serviceConfig) {
		this.serviceConfig = serviceConfig;
		return this;
	}

	/**
	 * Makes the state.
	 * @return the state
	 */
	public WatchStatus build() {
		return new WatchStatus(this);
	}

}
