package io.github.grpcdiscovery.autoconfigure.client;

import java.util.function.Function;
import java.util.function.Predicate;

import io.grpc.ManagedChannelBuilder;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;

import io.github.grpcdiscovery.internal.retry.BrokenConnectionStatus;
import io.github.grpcdiscovery.internal.retry.IdempotentCallRetry;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;
import io.github.grpcdiscovery.resolver.Registries;

/**
 * Gives each channel that is looked up in a registry this application's registries, and
 * leaves all others as they are.
 */
final class DiscoveryChannelConfigurer implements GrpcChannelConfigurer {

	private final Registries registries;

	private final HangingServers hangingServers;

	private final Predicate<String> lookedUp;

	private final Function<String, String> policies;

	private final boolean retries;

	/**
	 * Creates the configurer.
	 * @param registries the registries
	 * @param hangingServers what to do about them
	 * @param lookedUp whether a client's channel is looked up in a registry, by name
	 * @param policies the load balancing policy of each client, by name
	 * @param retries whether idempotent calls are made again when a connection breaks
	 */
	DiscoveryChannelConfigurer(Registries registries, HangingServers hangingServers, Predicate<String> lookedUp,
			Function<String, String> policies, boolean retries) {
		this.registries = registries;
		this.hangingServers = hangingServers;
		this.lookedUp = lookedUp;
		this.policies = policies;
		this.retries = retries;
	}

	@Override
	public void accept(ManagedChannelBuilder<?> builder, String name) {
		if (!this.lookedUp.test(name)) {
			return;
		}
		builder.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, this.registries);
		// grpc.client.NAME.default-load-balancing-policy rules, and it is round_robin
		builder.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, "");
		this.hangingServers.configure(builder, this.policies.apply(name));
		builder.intercept(this.retries ? new IdempotentCallRetry() : new BrokenConnectionStatus());
		builder.intercept(TransportSecurityHint.ofNetDevh(name));
	}

}
