package io.github.grpcdiscovery.resolver;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.grpc.NameResolver;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceConfigListener;
import io.github.grpcdiscovery.ServiceConfigs;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.Subscription;

/**
 * The service config of one channel: that of the registry, if the channel follows it and
 * there is one, else its own. What the application chose stays: a service config of its
 * own altogether, and a policy of its own within that of the registry. In the channel's
 * synchronization context, except where it says otherwise.
 */
final class ChannelServiceConfig implements ServiceConfigListener {

	/** Set if the channel follows the service config of the registry. */
	static final NameResolver.Args.Key<BuilderServiceConfig> FOLLOWED = NameResolver.Args.Key
		.create("io.github.grpcdiscovery.service-config");

	/** How long the first list waits for the service config. */
	static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

	private static final Logger logger = LoggerFactory.getLogger(ChannelServiceConfig.class);

	private static final Set<String> POLICY = Set.of("loadBalancingConfig", "loadBalancingPolicy");

	private final DiscoveryTarget target;

	private final NameResolver.Args args;

	private final SynchronizationContext syncContext;

	private final @Nullable Map<String, ?> own;

	private final boolean followed;

	private final boolean policyChosen;

	private final Runnable onChange;

	// all below: in the channel's synchronization context only

	private @Nullable ConfigOrError current;

	private boolean known;

	private boolean shutdown;

	private @Nullable Subscription subscription;

	private SynchronizationContext.@Nullable ScheduledHandle timeout;

	/**
	 * Creates it; follows nothing yet.
	 * @param target what the channel asks for
	 * @param args of the channel
	 * @param onChange run when there is another service config, or the first
	 */
	ChannelServiceConfig(DiscoveryTarget target, NameResolver.Args args, Runnable onChange) {
		this.target = target;
		this.args = args;
		this.syncContext = args.getSynchronizationContext();
		this.onChange = onChange;
		this.own = ChannelSettings.ownServiceConfig(args);
		BuilderServiceConfig builder = args.getArg(FOLLOWED);
		this.followed = builder != null && !builder.isChosen();
		this.policyChosen = builder != null && ChannelSettings.isPolicyChosen(args, builder.policy());
		this.current = parsedOwn();
	}

	private @Nullable ConfigOrError parsedOwn() {
		return (this.own != null) ? parse(this.own) : null;
	}

	/**
	 * Begins to follow the service config, if the channel does. Said again without
	 * effect.
	 * @param discovery the registry
	 */
	void follow(ServiceDiscovery discovery) {
		if (!this.followed || this.subscription != null || this.shutdown) {
			this.known |= !this.followed;
			return;
		}
		try {
			ServiceConfigs configs = discovery.serviceConfigs();
			if (configs == null) {
				logger.debug("{}: {} has no service configs", this.target, discovery.description());
				this.known = true;
				return;
			}
			this.timeout = this.syncContext.schedule(this::settle, MAX_WAIT_NANOS, TimeUnit.NANOSECONDS,
					this.args.getScheduledExecutorService());
			this.subscription = configs.watch(this.target.service(), this);
		}
		catch (RuntimeException | LinkageError ex) {
			// thrown into the channel it would make it panic
			logger.debug("{}: its service config cannot be followed", this.target, ex);
			cancelTimeout();
			this.known = true;
		}
	}

	/**
	 * Whether the channel may have its first list: it is to have its service config, too.
	 */
	boolean isKnown() {
		return this.known;
	}

	/**
	 * What the channel gets with every list.
	 * @return {@code null} to leave it to the channel
	 */
	@Nullable ConfigOrError current() {
		return this.current;
	}

	void shutdown() {
		this.shutdown = true;
		cancelTimeout();
		if (this.subscription != null) {
			this.subscription.close();
		}
	}

	@Override
	public @Nullable String reasonToRefuse(Map<String, ?> config) {
		return reason(parse(effective(config)));
	}

	@Override
	public void onServiceConfig(@Nullable Map<String, ?> config) {
		ConfigOrError parsed = (config != null) ? parse(effective(config)) : parsedOwn();
		String reason = (parsed != null && config != null) ? reason(parsed) : null;
		this.syncContext.execute(() -> {
			if (reason == null) {
				this.current = parsed;
			}
			else {
				logger.warn("{}: the service config of the registry cannot be used by this channel: {}", this.target,
						reason);
			}
			settle();
		});
	}

	@Override
	public void onUnavailable(RegistryException cause) {
		this.syncContext.execute(() -> {
			if (!this.known) {
				logger.debug("{}: goes on without a service config: {}", this.target, cause.getMessage());
				settle();
			}
		});
	}

	private void settle() {
		cancelTimeout();
		this.known = true;
		if (!this.shutdown) {
			this.onChange.run();
		}
	}

	private void cancelTimeout() {
		if (this.timeout != null) {
			this.timeout.cancel();
			this.timeout = null;
		}
	}

	private Map<String, ?> effective(Map<String, ?> registry) {
		Map<String, @Nullable Object> effective = new LinkedHashMap<>(registry);
		if (this.policyChosen) {
			effective.keySet().removeAll(POLICY);
		}
		if (this.own != null && POLICY.stream().noneMatch(effective::containsKey)) {
			effective.putAll(this.own);
		}
		return effective;
	}

	private ConfigOrError parse(Map<String, ?> config) {
		try {
			return this.args.getServiceConfigParser().parseServiceConfig(config);
		}
		catch (RuntimeException | LinkageError ex) {
			return ConfigOrError.fromError(Status.UNKNOWN.withDescription("gRPC's parser failed").withCause(ex));
		}
	}

	private static @Nullable String reason(ConfigOrError parsed) {
		Status error = parsed.getError();
		if (error == null) {
			return null;
		}
		Throwable cause = error.getCause();
		return error.getDescription() + ((cause != null) ? ": " + cause.getMessage() : "");
	}

}
