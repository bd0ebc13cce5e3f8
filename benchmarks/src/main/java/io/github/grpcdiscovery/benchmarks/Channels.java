package io.github.grpcdiscovery.benchmarks;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import io.grpc.NameResolverRegistry;
import io.grpc.netty.NettyChannelBuilder;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.ReachabilityProbe;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.consul.ConsulCheck;
import io.github.grpcdiscovery.consul.ConsulQuery;
import io.github.grpcdiscovery.consul.ConsulRegistry;
import io.github.grpcdiscovery.consul.ConsulSettings;
import io.github.grpcdiscovery.etcd.EtcdRegistry;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;
import io.github.grpcdiscovery.resolver.Registries;

/**
 * Makes what is compared.
 */
public final class Channels {

	// instances leave whose servers go on listening, round after round, which clients
	// rightly doubt; and services are followed for a moment each, of which an agent takes
	// no more than 200 at once
	private static final WatchSettings CREDULOUS = WatchSettings.builder()
		.lossConfirmation(Duration.ZERO)
		.reachability(ReachabilityProbe.TCP)
		.linger(Duration.ofSeconds(1))
		.build();

	static {
		NameResolverRegistry.getDefaultRegistry().register(new FixedNameResolverProvider());
	}

	private Channels() {
	}

	/**
	 * Our registry on a real etcd.
	 */
	public static Registry etcd(URI endpoint) {
		return new EtcdRegistry(EtcdSettings.of(endpoint), CREDULOUS, Backoff.DEFAULT, DiscoveryObserver.NONE);
	}

	/**
	 * Our registry on a real Consul agent.
	 */
	public static Registry consul(URI agent) {
		return new ConsulRegistry(ConsulSettings.of(agent), CREDULOUS, Backoff.DEFAULT, DiscoveryObserver.NONE);
	}

	/**
	 * Our registry on a real Consul agent with the defaults, but for the rhythm of the
	 * agent's probes, each of which is believed.
	 */
	public static Registry consul(URI agent, Duration interval, Duration timeout) {
		ConsulCheck check = ConsulCheck.builder().interval(interval).timeout(timeout).build();
		ConsulQuery query = ConsulQuery.builder().failTrafficOnPanic(true).build();
		return new ConsulRegistry(ConsulSettings.builder(agent).check(check).query(query).build(),
				DiscoveryObserver.NONE);
	}

	/**
	 * A channel that follows a service in a registry, to be completed.
	 */
	public static NettyChannelBuilder discoveredBuilder(Registry registry, String service) {
		return NettyChannelBuilder.forTarget(registry.name() + ":///" + service)
			.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, Registries.only(registry.discovery()))
			.usePlaintext();
	}

	/**
	 * The same with gRPC's own round robin, which does not notice servers that hang.
	 */
	public static NettyChannelBuilder plainDiscoveredBuilder(Registry registry, String service) {
		return discoveredBuilder(registry, service)
			.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, "round_robin");
	}

	/**
	 * A channel to addresses that never change, by net.devh's resolver.
	 */
	public static NettyChannelBuilder fixedBuilder(List<String> addresses) {
		return NettyChannelBuilder.forTarget(FixedNameResolverProvider.SCHEME + ":///" + String.join(",", addresses))
			.defaultLoadBalancingPolicy("round_robin")
			.usePlaintext();
	}

}
