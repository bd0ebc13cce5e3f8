package io.github.grpcdiscovery.resolver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * One channel's view of a followed service. Cheap to start again, since an idle channel
 * drops its resolver and makes a new one: the list is known then and handed over at once.
 */
final class DiscoveryNameResolver extends NameResolver implements InstancesListener {

	private static final Logger logger = LoggerFactory.getLogger(DiscoveryNameResolver.class);

	/** A channel is not told of another cause before that. */
	private static final long CAUSE_STAYS_NANOS = TimeUnit.MINUTES.toNanos(1);

	/** How long after a discovery that failed to begin it is asked again. */
	private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

	private final DiscoveryTarget target;

	private final ServiceDiscovery discovery;

	private final SynchronizationContext syncContext;

	private final Args args;

	private final HostNames names;

	private final ChannelResults results;

	// all below: in the channel's synchronization context only

	private @Nullable Subscription subscription;

	private SynchronizationContext.@Nullable ScheduledHandle retry;

	private Map<HostAndPort, String> unhealthy = Map.of();

	private List<Endpoint> endpoints = List.of();

	private boolean empty;

	private boolean shutdown;

	// why there is no list, as the channel was told
	private @Nullable String reportedCause;

	private long reportedAt;

	DiscoveryNameResolver(DiscoveryTarget target, ServiceDiscovery discovery, Args args, HostNames.Lookup lookup) {
		this.target = target;
		this.discovery = discovery;
		this.syncContext = args.getSynchronizationContext();
		this.args = args;
		Executor offload = args.getOffloadExecutor();
		this.names = new HostNames(lookup, (offload != null) ? offload : ForkJoinPool.commonPool(), this.syncContext,
				args::getScheduledExecutorService, this::deliverList);
		this.results = new ChannelResults(target, args);
	}

	@Override
	public String getServiceAuthority() {
		return TargetText.authority(this.target.service());
	}

	@Override
	public void start(Listener2 listener) {
		this.results.start(listener);
		subscribe();
	}

	private void subscribe() {
		if (this.shutdown || this.subscription != null) {
			return;
		}
		this.results.follow(this.discovery);
		guarded("follow", () -> this.subscription = this.discovery.watch(this.target.service(), this));
		if (this.subscription == null && (this.retry == null || !this.retry.isPending())) {
			this.retry = this.syncContext.schedule(this::subscribe, RETRY_NANOS, TimeUnit.NANOSECONDS,
					this.args.getScheduledExecutorService());
		}
	}

	// what is thrown here would make the channel panic, from which nothing brings it
	// back
	private void guarded(String verb, Runnable call) {
		try {
			call.run();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("{}: failed to {} it", this.target, verb, ex);
			if (this.subscription == null) {
				onUnavailable(new RegistryException(Printable.of(ex), ex));
			}
		}
	}

	@Override
	public void refresh() {
		this.names.refresh();
		Subscription subscription = this.subscription;
		if (subscription != null) {
			guarded("refresh", subscription::refresh);
		}
		else if (this.results.isStarted()) {
			subscribe();
		}
	}

	@Override
	public void shutdown() {
		this.shutdown = true;
		this.names.shutdown();
		guarded("close", this.results::shutdown);
		if (this.retry != null) {
			this.retry.cancel();
		}
		Subscription subscription = this.subscription;
		if (subscription != null) {
			guarded("close", subscription::close);
		}
	}

	@Override
	public void onInstances(List<ServiceInstance> instances) {
		List<Endpoint> endpoints = withoutDrained(instances).stream().map(Endpoint::of).toList();
		this.syncContext.execute(() -> {
			this.endpoints = endpoints;
			this.names.follow(endpoints.stream()
				.filter((endpoint) -> endpoint.literal() == null)
				.map((endpoint) -> endpoint.instance().host())
				.collect(Collectors.toSet()));
			deliverList();
		});
	}

	private static List<ServiceInstance> withoutDrained(List<ServiceInstance> instances) {
		List<ServiceInstance> weighted = instances.stream().filter((instance) -> instance.weight() > 0).toList();
		return weighted.isEmpty() ? instances : weighted;
	}

	private void deliverList() {
		List<EquivalentAddressGroup> addresses = new ArrayList<>(this.endpoints.size());
		for (Endpoint endpoint : this.endpoints) {
			EquivalentAddressGroup group = endpoint.group(this.names);
			if (group != null) {
				addresses.add(group);
			}
		}
		this.reportedCause = null;
		this.empty = this.endpoints.isEmpty();
		if (!addresses.isEmpty()) {
			this.results.deliver(StatusOr.fromValue(addresses));
		}
		else if (this.empty) {
			this.results.deliver(StatusOr.fromStatus(empty()));
		}
		else if (!this.names.areIncomplete()) {
			this.results.deliver(StatusOr.fromStatus(unresolvable()));
		}
		// else what was there before stays until it is known
	}

	@Override
	public void onUnhealthy(Map<HostAndPort, String> unhealthy) {
		this.syncContext.execute(() -> {
			this.unhealthy = unhealthy;
			if (this.empty) {
				this.results.deliver(StatusOr.fromStatus(empty()));
			}
		});
	}

	/**
	 * Tells the channel once, and of another cause a minute later: it logs a warning
	 * whenever it is told, and each failed try of the registry comes by here. The status
	 * has no cause of its own, since the channel logs its stack trace, too.
	 */
	@Override
	public void onUnavailable(RegistryException cause) {
		String message = String.valueOf(cause.getMessage());
		this.syncContext.execute(() -> {
			long now = System.nanoTime();
			if (this.reportedCause != null
					&& (this.reportedCause.equals(message) || now - this.reportedAt < CAUSE_STAYS_NANOS)) {
				return;
			}
			this.reportedCause = message;
			this.reportedAt = now;
			Status status = noInstances();
			this.results.deliver(StatusOr.fromStatus(status.withDescription(status.getDescription() + ": " + message)));
		});
	}

	private Status empty() {
		return noInstances().withCause(new EmptyServiceException());
	}

	private Status unresolvable() {
		List<ServiceInstance> instances = this.endpoints.stream().map(Endpoint::instance).toList();
		return Status.UNAVAILABLE.withDescription("no host of '%s' in %s resolves: %s".formatted(this.target.service(),
				this.discovery.description(), EmptyList.shown(instances)));
	}

	private Status noInstances() {
		return Status.UNAVAILABLE
			.withDescription(EmptyList.describe(this.target.service(), this.discovery.description(), this.unhealthy));
	}

	@Override
	public String toString() {
		return "DiscoveryNameResolver[" + this.target + " in " + this.discovery.description() + "]";
	}

}
