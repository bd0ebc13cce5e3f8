package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;

import io.github.grpcdiscovery.internal.util.Printable;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;

/**
 * Provides {@value DiscoveryNameResolverProvider#ROUND_ROBIN}: gRPC's {@code round_robin}
 * that gives no calls to servers which hang, and tells callers when a service is empty. A
 * service config may say after how long: <pre>{@code
 * {"loadBalancingConfig": [{"discovery_round_robin": {"unresponsiveAfter": "1.5s"}}]}
 * }</pre> Otherwise what the resolver says counts; {@code 0s} leaves plain
 * {@code round_robin}.
 */
public final class DiscoveryRoundRobinProvider extends LoadBalancerProvider {

	private static final Pattern SECONDS = Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,9}))?s");

	private static final String UNRESPONSIVE_AFTER = "unresponsiveAfter";

	/** Used by the service loader. */
	public DiscoveryRoundRobinProvider() {
	}

	@Override
	public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
		LoadBalancerProvider roundRobin = LoadBalancerRegistry.getDefaultRegistry().getProvider("round_robin");
		if (roundRobin == null) {
			throw new IllegalStateException(
					"load balancing policy 'round_robin' is missing (expected: io.grpc:grpc-util on the class path)");
		}
		return new EmptyListLoadBalancer(helper,
				(child) -> new HangDetectionLoadBalancer(child, roundRobin, System::nanoTime));
	}

	@Override
	public boolean isAvailable() {
		return true;
	}

	@Override
	public int getPriority() {
		return 5;
	}

	@Override
	public String getPolicyName() {
		return DiscoveryNameResolverProvider.ROUND_ROBIN;
	}

	@Override
	public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> rawConfig) {
		Object text = rawConfig.get(UNRESPONSIVE_AFTER);
		if (text == null) {
			return ConfigOrError.fromConfig(HangDetectionLoadBalancer.Config.ABSENT);
		}
		Matcher matcher = SECONDS.matcher(text.toString());
		if (!matcher.matches()) {
			return ConfigOrError
				.fromError(Status.UNAVAILABLE.withDescription("%s.%s: '%s' (expected: seconds, such as 1.5s)"
					.formatted(getPolicyName(), UNRESPONSIVE_AFTER, Printable.of(text))));
		}
		String fraction = (matcher.group(2) != null) ? matcher.group(2) : "";
		Duration duration = Duration.ofSeconds(Long.parseLong(matcher.group(1)))
			.plusNanos(Long.parseLong((fraction + "000000000").substring(0, 9)));
		return ConfigOrError.fromConfig(new HangDetectionLoadBalancer.Config(duration));
	}

}
