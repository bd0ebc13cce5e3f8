package io.github.grpcdiscovery.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

import io.github.grpcdiscovery.InvalidSettingException;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.resolver.BalancingSettings;
import io.github.grpcdiscovery.resolver.ServiceSettings;

/**
 * How other services are looked up.
 */
@ConfigurationProperties("grpc.discovery.client")
public class DiscoveryClientProperties {

	private static final String PREFIX = "grpc.discovery.client.";

	private static final Pattern PLAIN = Pattern.compile("[a-z0-9-]+");

	private static final SettingErrors ERRORS = SettingErrors.below(PREFIX);

	private static final Duration MOST_WARM_UP = Duration.ofSeconds(60);

	/**
	 * Whether gRPC channels look up services in the registry. With 'false' the
	 * application only registers itself.
	 */
	private boolean enabled = true;

	/**
	 * How long a service is still followed after the last channel to it was closed or
	 * became idle, so that the next one starts with a known list of instances.
	 */
	private Duration linger = Duration.ofSeconds(60);

	/**
	 * How long instances stay in use after a service has lost all of them, or half of
	 * them or more at once, while their addresses accept connections. With '0' every loss
	 * takes effect at once.
	 */
	private Duration lossConfirmation = Duration.ofSeconds(30);

	/**
	 * How long nothing may come from a server that is called before it gets no more
	 * calls, while other servers answer and it does not answer a question for its health
	 * either. It gets calls again when it answers. At least 300ms; with '0' servers that
	 * hang are not ejected.
	 */
	private Duration unresponsiveAfter = Duration.ofSeconds(2);

	/**
	 * Whether a call is retried on another server if the connection to its server breaks
	 * before the response. Retried are calls of unary methods whose 'idempotency_level'
	 * in the proto file is 'NO_SIDE_EFFECTS' or 'IDEMPOTENT', and calls of any method
	 * with a single request of which nothing was sent.
	 */
	private boolean retryIdempotentCalls = true;

	/**
	 * How long the start of the application may be held up until its channels are
	 * connected and one server of each has answered a health probe, so that the first
	 * calls meet their deadlines. A service without instances and a registry that is away
	 * hold up nobody. With '0' channels connect when they are called.
	 */
	private Duration warmUp = Duration.ofMillis(700);

	private final Snapshot snapshot = new Snapshot();

	private final ServiceConfig serviceConfig = new ServiceConfig();

	@NestedConfigurationProperty
	private final BalancingProperties balancing = new BalancingProperties();

	/**
	 * What is different for single services, by the name of the service; in brackets
	 * where it has more than letters, digits and dashes, such as '[helloworld.Greeter]'.
	 */
	private final Map<String, Service> services = new LinkedHashMap<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Duration getLinger() {
		return this.linger;
	}

	public void setLinger(Duration linger) {
		this.linger = linger;
	}

	public Duration getLossConfirmation() {
		return this.lossConfirmation;
	}

	public void setLossConfirmation(Duration lossConfirmation) {
		this.lossConfirmation = lossConfirmation;
	}

	public Snapshot getSnapshot() {
		return this.snapshot;
	}

	public ServiceConfig getServiceConfig() {
		return this.serviceConfig;
	}

	public Duration getUnresponsiveAfter() {
		return this.unresponsiveAfter;
	}

	public void setUnresponsiveAfter(Duration unresponsiveAfter) {
		this.unresponsiveAfter = unresponsiveAfter;
	}

	public boolean isRetryIdempotentCalls() {
		return this.retryIdempotentCalls;
	}

	public void setRetryIdempotentCalls(boolean retryIdempotentCalls) {
		this.retryIdempotentCalls = retryIdempotentCalls;
	}

	public BalancingProperties getBalancing() {
		return this.balancing;
	}

	public Map<String, Service> getServices() {
		return this.services;
	}

	/**
	 * How calls are balanced.
	 * @param zone where this application runs, if known
	 * @param clientId names this application among all, the same after a restart
	 * @return the settings for each service, checked
	 */
	public ServiceSettings balancingSettings(@Nullable String zone, String clientId) {
		SettingErrors errors = SettingErrors.below(PREFIX)
			.named("warm-up-window", "balancing.warm-up")
			.named("subset-size", "balancing.subset-size");
		BalancingSettings all = settings(new Service(), zone, clientId, errors);
		Map<String, BalancingSettings> byService = new HashMap<>();
		this.services.forEach((name, service) -> byService.put(name, settings(service, zone, clientId,
				SettingErrors.below(PREFIX + "services." + key(name) + ".").named("warm-up-window", "warm-up"))));
		return (service) -> byService.getOrDefault(service, all);
	}

	private static String key(String service) {
		return PLAIN.matcher(service).matches() ? service : "[" + service + "]";
	}

	private BalancingSettings settings(Service service, @Nullable String zone, String clientId, SettingErrors errors) {
		Duration after = orElse(service.getUnresponsiveAfter(), this.unresponsiveAfter);
		return errors.check(() -> BalancingSettings.builder()
			.unresponsiveAfter(unresponsiveAfter(after, errors))
			.warmUp(orElse(service.getWarmUp(), this.balancing.getWarmUp()))
			.zone(orElse(service.getZoneAware(), this.balancing.isZoneAware()) ? zone : null)
			.subsetSize(orElse(service.getSubsetSize(), this.balancing.getSubsetSize()))
			.clientId(clientId)
			.build());
	}

	private static <T> T orElse(@Nullable T value, T other) {
		return (value != null) ? value : other;
	}

	public Duration getWarmUp() {
		return this.warmUp;
	}

	public void setWarmUp(Duration warmUp) {
		this.warmUp = warmUp;
	}

	/**
	 * How long the start may be held up by channels that connect.
	 * @return the configured time, checked; zero for not at all
	 */
	public Duration warmUp() {
		return checked("warm-up", this.warmUp, Duration.ZERO, MOST_WARM_UP);
	}

	private static Duration unresponsiveAfter(Duration value, SettingErrors errors) {
		return value.isZero() ? value : errors.check(() -> InvalidSettingException.requireBetween("unresponsive-after",
				value, Duration.ofMillis(300), Durations.MAX));
	}

	private static Duration checked(String setting, Duration value, Duration min, Duration max) {
		return ERRORS.check(() -> InvalidSettingException.requireBetween(setting, value, min, max));
	}

	/**
	 * How services are followed.
	 * @param defaults what suits the registry
	 * @param snapshots remembers lists
	 * @return the same with what is configured
	 */
	public WatchSettings watchSettings(WatchSettings defaults, Snapshots snapshots) {
		return ERRORS.check(() -> defaults.toBuilder()
			.linger(this.linger)
			.lossConfirmation(this.lossConfirmation)
			.snapshots(snapshots)
			.build());
	}

	/**
	 * What is different for one service.
	 */
	public static class Service {

		/**
		 * As 'grpc.discovery.client.unresponsive-after'.
		 */
		private @Nullable Duration unresponsiveAfter;

		/**
		 * As 'grpc.discovery.client.balancing.warm-up'.
		 */
		private @Nullable Duration warmUp;

		/**
		 * As 'grpc.discovery.client.balancing.zone-aware'.
		 */
		private @Nullable Boolean zoneAware;

		/**
		 * As 'grpc.discovery.client.balancing.subset-size'.
		 */
		private @Nullable Integer subsetSize;

		public @Nullable Duration getUnresponsiveAfter() {
			return this.unresponsiveAfter;
		}

		public void setUnresponsiveAfter(@Nullable Duration unresponsiveAfter) {
			this.unresponsiveAfter = unresponsiveAfter;
		}

		public @Nullable Duration getWarmUp() {
			return this.warmUp;
		}

		public void setWarmUp(@Nullable Duration warmUp) {
			this.warmUp = warmUp;
		}

		public @Nullable Integer getSubsetSize() {
			return this.subsetSize;
		}

		public void setSubsetSize(@Nullable Integer subsetSize) {
			this.subsetSize = subsetSize;
		}

		public @Nullable Boolean getZoneAware() {
			return this.zoneAware;
		}

		public void setZoneAware(@Nullable Boolean zoneAware) {
			this.zoneAware = zoneAware;
		}

	}

	/**
	 * Service configs that the registry holds.
	 */
	public static class ServiceConfig {

		/**
		 * Whether channels follow gRPC's service config that the registry holds for each
		 * service: deadlines, retry policies and policy parameters. Anybody who may write
		 * there decides how this application calls. A service config and a policy that
		 * the application chose take precedence.
		 */
		private boolean enabled;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

	/**
	 * Lists of instances on disk.
	 */
	public static class Snapshot {

		/**
		 * Whether the known instances of each followed service are kept on disk, so that
		 * the application can call them if it is started while the registry is away.
		 */
		private boolean enabled = true;

		/**
		 * Directory for them, which belongs to this application's user alone. Defaults to
		 * 'grpc-discovery-snapshots-USER/APPLICATION' in the JVM's temporary directory.
		 */
		private @Nullable String directory; // not a Path: Spring would look for it on the
											// class path

		/**
		 * How old they may be to be used.
		 */
		private Duration maxAge = Duration.ofHours(24);

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public @Nullable String getDirectory() {
			return this.directory;
		}

		public void setDirectory(@Nullable String directory) {
			this.directory = directory;
		}

		public Duration getMaxAge() {
			return this.maxAge;
		}

		public void setMaxAge(Duration maxAge) {
			this.maxAge = maxAge;
		}

	}

}
