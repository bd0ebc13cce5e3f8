package io.github.grpcdiscovery.resolver;

import java.util.List;
import java.util.Map;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.StatusOr;
import org.jspecify.annotations.Nullable;

/**
 * What a channel gets with every list beside its service config.
 *
 * @param attributes for the load balancing policy
 */
record ChannelSettings(Attributes attributes) {

	private static final String ROUND_ROBIN = "round_robin";

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
		return new ChannelSettings(attributes);
	}

	/**
	 * The service config that names the channel's policy.
	 * @param args of the channel
	 * @return {@code null} to leave it to the channel
	 */
	static @Nullable Map<String, ?> ownServiceConfig(NameResolver.Args args) {
		String policy = args.getArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY);
		if (policy == null) {
			policy = DiscoveryNameResolverProvider.LEAST_LOAD;
		}
		if (policy.isEmpty()) {
			return null;
		}
		// the first that there is: a class path may have lost our provider
		return Map.of("loadBalancingConfig", policy.equals(DiscoveryNameResolverProvider.LEAST_LOAD)
				? List.of(Map.of(policy, Map.of()), Map.of(ROUND_ROBIN, Map.of())) : List.of(Map.of(policy, Map.of())));
	}

	/**
	 * Whether the application chose a policy that is not the default. A gRPC stack may
	 * have set {@code round_robin} by itself, so that is not chosen.
	 * @param args of the channel
	 * @param ofBuilder the policy of the channel's builder, as far as it is known
	 */
	static boolean isPolicyChosen(NameResolver.Args args, @Nullable String ofBuilder) {
		String policy = args.getArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY);
		if ("".equals(policy)) {
			policy = ofBuilder;
		}
		return policy != null && !policy.equals(DiscoveryNameResolverProvider.LEAST_LOAD)
				&& !policy.equals(ROUND_ROBIN);
	}

	/**
	 * Adds the settings to a list.
	 * @param addresses the list, or why there is none
	 * @param serviceConfig of the channel; {@code null} to leave it to the channel
	 * @return what the channel gets
	 */
	NameResolver.ResolutionResult with(StatusOr<List<EquivalentAddressGroup>> addresses,
			NameResolver.@Nullable ConfigOrError serviceConfig) {
		NameResolver.ResolutionResult.Builder result = NameResolver.ResolutionResult.newBuilder()
			.setAddressesOrError(addresses)
			.setAttributes(this.attributes);
		if (serviceConfig != null) {
			result.setServiceConfig(serviceConfig);
		}
		return result.build();
	}

}
