package io.github.grpcdiscovery.autoconfigure.client;

import io.grpc.ManagedChannelBuilder;
import org.springframework.core.env.Environment;

import io.github.grpcdiscovery.autoconfigure.ApplicationZone;
import io.github.grpcdiscovery.autoconfigure.BalancingProperties;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;
import io.github.grpcdiscovery.resolver.ServiceSettings;

/**
 * Gives channels that are to use round robin the policy that knows which server will
 * answer best. A service config of the user's, and another policy, win.
 */
public final class BalancingCustomizer {

	private static final String PLAIN = "round_robin";

	private final boolean enabled;

	private final ServiceSettings settings;

	private BalancingCustomizer(boolean enabled, ServiceSettings settings) {
		this.enabled = enabled;
		this.settings = settings;
	}

	/**
	 * Reads the properties.
	 * @param client how other services are looked up
	 * @param environment knows the zone
	 * @return configures channels
	 */
	public static BalancingCustomizer of(DiscoveryClientProperties client, Environment environment) {
		BalancingProperties balancing = client.getBalancing();
		return new BalancingCustomizer(balancing.isEnabled(),
				client.balancingSettings(ApplicationZone.of(environment), ClientId.of(environment)));
	}

	/**
	 * Configures one channel.
	 * @param builder the channel's builder
	 * @param policy the policy that the gRPC stack gives the channel
	 */
	public void configure(ManagedChannelBuilder<?> builder, String policy) {
		builder.setNameResolverArg(DiscoveryNameResolverProvider.BALANCING, this.settings);
		if (policy.equals(PLAIN) && this.enabled) {
			builder.defaultLoadBalancingPolicy(DiscoveryNameResolverProvider.LEAST_LOAD);
		}
	}

}
