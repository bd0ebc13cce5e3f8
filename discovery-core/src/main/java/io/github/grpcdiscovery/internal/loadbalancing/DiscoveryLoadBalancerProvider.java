package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Instant;
import java.util.Map;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;

import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;

/**
 * Provides {@value DiscoveryNameResolverProvider#LEAST_LOAD}, which gives each call to
 * the server that will answer best, and tells callers when a service is empty. A service
 * config may have its parameters: <pre>{@code
 * {"loadBalancingConfig": [{"discovery_least_load": {"unresponsiveAfter": "1.5s", "warmUp": "30s", "zone": "eu-1a"}}]}
 * }</pre> Otherwise what the resolver says counts.
 */
public final class DiscoveryLoadBalancerProvider extends LoadBalancerProvider {

	/** Used by the service loader. */
	public DiscoveryLoadBalancerProvider() {
	}

	@Override
	public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
		return new EmptyListLoadBalancer(helper, (outer) -> new ClientHealthChecking(outer,
				(inner) -> new DiscoveryLoadBalancer(inner, System::nanoTime, Instant::now, new Schedule.Turns())));
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
		return DiscoveryNameResolverProvider.LEAST_LOAD;
	}

	@Override
	public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> rawConfig) {
		try {
			return ConfigOrError.fromConfig(BalancerConfig.parse(rawConfig));
		}
		catch (IllegalArgumentException ex) {
			return ConfigOrError.fromError(Status.UNAVAILABLE.withDescription(getPolicyName() + "." + ex.getMessage()));
		}
	}

}
