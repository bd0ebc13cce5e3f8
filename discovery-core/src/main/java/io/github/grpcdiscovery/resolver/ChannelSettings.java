package io.github.grpcdiscovery.resolver;

import java.util.List;
import java.util.Map;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.StatusOr;
import org.jspecify.annotations.Nullable;

/**
 * What a channel gets with every list: its load balancing policy and what that is told.
 *
 * @param serviceConfig names the policy; {@code null} to leave it to the channel
 * @param attributes for the policy
 */
record ChannelSettings(NameResolver.@Nullable ConfigOrError serviceConfig, Attributes attributes) {

	/**
	 * Reads the settings that a channel was built with.
	 * @param service what the channel follows
	 * @param args of the channel
	 * @return the settings
	 */
	static ChannelSettings of(String service, NameResolver.Args args) {
		ServiceSettings settings = args.getArg(DiscoveryNameResolverProvider.BALANCING);
		Attributes attributes = Attributes.newBuilder()
			.set(DiscoveryAttributes.BALANCING,
					(settings != null) ? settings.forService(service) : BalancingSettings.defaults())
			.build();
		return new ChannelSettings(serviceConfig(args), attributes);
	}

	private static NameResolver.@Nullable ConfigOrError serviceConfig(NameResolver.Args args) {
		String policy = args.getArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY);
		if (policy == null) {
			policy = DiscoveryNameResolverProvider.LEAST_LOAD;
		}
		if (policy.isEmpty()) {
			return null;
		}
		// the first that there is: a class path may have lost our provider
		Map<String, ?> config = Map.of("loadBalancingConfig",
				policy.equals(DiscoveryNameResolverProvider.LEAST_LOAD)
						? List.of(Map.of(policy, Map.of()), Map.of("round_robin", Map.of()))
						: List.of(Map.of(policy, Map.of())));
		return args.getServiceConfigParser().parseServiceConfig(config);
	}

	/**
	 * Adds the settings to a list.
	 * @param addresses the list, or why there is none
	 * @return what the channel gets
	 */
	NameResolver.ResolutionResult with(StatusOr<List<EquivalentAddressGroup>> addresses) {
		NameResolver.ResolutionResult.Builder result = NameResolver.ResolutionResult.newBuilder()
			.setAddressesOrError(addresses)
			.setAttributes(this.attributes);
		if (this.serviceConfig != null) {
			result.setServiceConfig(this.serviceConfig);
		}
		return result.build();
	}

}
