package io.github.grpcdiscovery;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * State of one followed service at one moment. Immutable and compared by value.
 */
public final class WatchStatus {

	private final String registry;

	private final String service;

	private final boolean connected;

	private final int subscriptions;

	private final @Nullable List<ServiceInstance> instances;

	private final List<ServiceInstance> unconfirmed;

	private final @Nullable Instant staleSince;

	private final @Nullable Instant updated;

	private final long reconnects;

	private final @Nullable String lastError;

	private final Map<HostAndPort, String> unhealthy;

	private final List<SkippedEntry> skipped;

	private final @Nullable ServiceConfigStatus serviceConfig;

	WatchStatus(WatchStatusBuilder builder) {
		this.registry = builder.registry;
		this.service = builder.service;
		this.connected = builder.connected;
		this.subscriptions = builder.subscriptions;
		this.instances = (builder.instances != null) ? List.copyOf(builder.instances) : null;
		this.unconfirmed = List.copyOf(builder.unconfirmed);
		this.staleSince = builder.staleSince;
		this.updated = builder.updated;
		this.reconnects = builder.reconnects;
		this.lastError = builder.lastError;
		this.unhealthy = Collections.unmodifiableMap(new TreeMap<>(builder.unhealthy));
		this.skipped = List.copyOf(builder.skipped);
		this.serviceConfig = builder.serviceConfig;
	}

	/**
	 * Begins the state of a service of which nothing is known: it has no list, and
	 * nothing went wrong.
	 * @param registry name of the registry, such as {@code etcd}
	 * @param service name of the service
	 * @return a builder
	 */
	public static WatchStatusBuilder builder(String registry, String service) {
		return new WatchStatusBuilder(registry, service);
	}

	/**
	 * Begins a changed copy.
	 * @return a builder that has everything of this state
	 */
	public WatchStatusBuilder toBuilder() {
		return builder(this.registry, this.service).connected(this.connected)
			.subscriptions(this.subscriptions)
			.instances(this.instances)
			.unconfirmed(this.unconfirmed)
			.staleSince(this.staleSince)
			.updated(this.updated)
			.reconnects(this.reconnects)
			.lastError(this.lastError)
			.unhealthy(this.unhealthy)
			.skipped(this.skipped)
			.serviceConfig(this.serviceConfig);
	}

	/**
	 * Name of the registry, such as {@code etcd}; with the server that a target names,
	 * such as {@code consul://10.0.0.1:8500}, where it is not the configured one.
	 */
	public String registry() {
		return this.registry;
	}

	/**
	 * Name of the service, with the options of a target that has some, such as
	 * {@code orders?tag=v1}.
	 */
	public String service() {
		return this.service;
	}

	/** Whether the list is kept up to date; if not, it is the last known good one. */
	public boolean connected() {
		return this.connected;
	}

	/** How many listeners share this watch. */
	public int subscriptions() {
		return this.subscriptions;
	}

	/** The list as listeners have it; {@code null} until the first one arrived. */
	public @Nullable List<ServiceInstance> instances() {
		return this.instances;
	}

	/**
	 * The instances in the list that the registry does not have any more and that stay
	 * until that is confirmed.
	 */
	public List<ServiceInstance> unconfirmed() {
		return this.unconfirmed;
	}

	/**
	 * When the list was last known to be true, if it is not kept up to date; {@code null}
	 * if it is, and while there is none.
	 */
	public @Nullable Instant staleSince() {
		return this.staleSince;
	}

	/** When the list last changed; {@code null} until the first one arrived. */
	public @Nullable Instant updated() {
		return this.updated;
	}

	/** How often contact was lost so far. */
	public long reconnects() {
		return this.reconnects;
	}

	/** What went wrong last, without secrets; {@code null} if nothing did. */
	public @Nullable String lastError() {
		return this.lastError;
	}

	/**
	 * Addresses of the instances that are registered and not to be called, sorted, each
	 * with what the registry says about it.
	 */
	public Map<HostAndPort, String> unhealthy() {
		return this.unhealthy;
	}

	/**
	 * What could not be read as an instance since the service is followed, the last
	 * first, at most 100; may have been mended since.
	 */
	public List<SkippedEntry> skipped() {
		return this.skipped;
	}

	/** State of its service config; {@code null} if nobody follows that. */
	public @Nullable ServiceConfigStatus serviceConfig() {
		return this.serviceConfig;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof WatchStatus that && this.registry.equals(that.registry)
				&& this.service.equals(that.service) && this.connected == that.connected
				&& this.subscriptions == that.subscriptions && Objects.equals(this.instances, that.instances)
				&& this.unconfirmed.equals(that.unconfirmed) && Objects.equals(this.staleSince, that.staleSince)
				&& Objects.equals(this.updated, that.updated) && this.reconnects == that.reconnects
				&& Objects.equals(this.lastError, that.lastError) && this.unhealthy.equals(that.unhealthy)
				&& this.skipped.equals(that.skipped) && Objects.equals(this.serviceConfig, that.serviceConfig));
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.registry, this.service, this.connected, this.instances, this.updated);
	}

	@Override
	public String toString() {
		return ("WatchStatus[registry=%s, service=%s, connected=%s, subscriptions=%d, instances=%s, unconfirmed=%s, "
				+ "staleSince=%s, updated=%s, reconnects=%d, lastError=%s, unhealthy=%s, skipped=%s, "
				+ "serviceConfig=%s]")
			.formatted(this.registry, this.service, this.connected, this.subscriptions, this.instances,
					this.unconfirmed, this.staleSince, this.updated, this.reconnects, this.lastError, this.unhealthy,
					this.skipped, this.serviceConfig);
	}

}
