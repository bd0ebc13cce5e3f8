package io.github.grpcdiscovery;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * State of one followed service at one moment.
 *
 * @param registry name of the registry, such as {@code etcd}; with the server that a
 * target names, such as {@code consul://10.0.0.1:8500}, where it is not the configured
 * one
 * @param service name of the service, with the options of a target that has some, such as
 * {@code orders?tag=v1}
 * @param connected whether the list is being kept up to date at present; if not, it is
 * the last known good one
 * @param subscriptions how many listeners share this watch
 * @param instances the list as listeners have it; {@code null} until the first one
 * arrived
 * @param unconfirmed the instances in the list that the registry does not have any more
 * and that stay until that is confirmed
 * @param staleSince when the list was last known to be true, if it is not kept up to date
 * at present; {@code null} if it is, and while there is none
 * @param updated when the list last changed; {@code null} until the first one arrived
 * @param reconnects how often contact was lost so far
 * @param lastError what went wrong last, without secrets; {@code null} if nothing did
 * @param unhealthy addresses of those that are registered and not to be called, sorted,
 * each with what the registry says about it
 * @param skipped what could not be read as an instance since the service is followed, the
 * last first, at most 100; may have been mended since
 */
public record WatchStatus(String registry, String service, boolean connected, int subscriptions,
		@Nullable List<ServiceInstance> instances, List<ServiceInstance> unconfirmed, @Nullable Instant staleSince,
		@Nullable Instant updated, long reconnects, @Nullable String lastError, Map<HostAndPort, String> unhealthy,
		List<SkippedEntry> skipped) {

	/**
	 * The state of a service of which nothing was skipped.
	 * @param registry name of the registry
	 * @param service name of the service
	 * @param connected whether the list is being kept up to date
	 * @param subscriptions how many listeners share the watch
	 * @param instances the list, if there is one yet
	 * @param unconfirmed those in it that the registry does not have any more
	 * @param staleSince when the list was last known to be true, if it is not kept up to
	 * date
	 * @param updated when the list last changed, if it did
	 * @param reconnects how often contact was lost
	 * @param lastError what went wrong last, if anything
	 * @param unhealthy those that are registered and not to be called
	 */
	public WatchStatus(String registry, String service, boolean connected, int subscriptions,
			@Nullable List<ServiceInstance> instances, List<ServiceInstance> unconfirmed, @Nullable Instant staleSince,
			@Nullable Instant updated, long reconnects, @Nullable String lastError,
			Map<HostAndPort, String> unhealthy) {
		this(registry, service, connected, subscriptions, instances, unconfirmed, staleSince, updated, reconnects,
				lastError, unhealthy, List.of());
	}

	/**
	 * The same state, with what was skipped.
	 * @param skipped the entries
	 * @return another state
	 */
	public WatchStatus withSkipped(List<SkippedEntry> skipped) {
		return new WatchStatus(this.registry, this.service, this.connected, this.subscriptions, this.instances,
				this.unconfirmed, this.staleSince, this.updated, this.reconnects, this.lastError, this.unhealthy,
				skipped);
	}

}
