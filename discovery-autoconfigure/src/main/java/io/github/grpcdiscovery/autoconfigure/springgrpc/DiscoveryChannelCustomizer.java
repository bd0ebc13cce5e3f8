package io.github.grpcdiscovery.autoconfigure.springgrpc;

import java.util.function.Supplier;

import io.grpc.ManagedChannelBuilder;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

import io.github.grpcdiscovery.autoconfigure.client.TransportSecurityHint;
import io.github.grpcdiscovery.internal.retry.BrokenConnectionStatus;
import io.github.grpcdiscovery.internal.retry.IdempotentCallRetry;
import io.github.grpcdiscovery.resolver.DiscoveryChannels;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;
import io.github.grpcdiscovery.resolver.Registries;

/**
 * Gives each channel of Spring Boot's own gRPC that is looked up in a registry this
 * application's registries, and leaves all others as they are.
 *
 * @param <T> type of the builder; any, so that it is applied to every kind of channel
 */
final class DiscoveryChannelCustomizer<T extends ManagedChannelBuilder<T>> implements GrpcChannelBuilderCustomizer<T> {

	private final Registries registries;

	private final Supplier<DiscoveryVirtualTargets> targets;

	private final boolean retries;

	private final boolean serviceConfigs;

	/**
	 * Creates the customizer.
	 * @param registries the registries
	 * @param targets what the names of channels mean
	 * @param retries whether idempotent calls are made again when a connection breaks
	 * @param serviceConfigs whether the service config that the registry holds is
	 * followed
	 */
	DiscoveryChannelCustomizer(Registries registries, Supplier<DiscoveryVirtualTargets> targets, boolean retries,
			boolean serviceConfigs) {
		this.registries = registries;
		this.targets = targets;
		this.retries = retries;
		this.serviceConfigs = serviceConfigs;
	}

	@Override
	public void customize(String target, T builder) {
		if (!this.targets.get().isLookedUp(target)) {
			return;
		}
		builder.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, this.registries);
		// spring.grpc.client.channel.NAME.default.load-balancing-policy rules, and it is
		// round_robin
		builder.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, "");
		if (this.serviceConfigs) {
			DiscoveryChannels.followServiceConfig(builder);
		}
		builder.intercept(this.retries ? new IdempotentCallRetry() : new BrokenConnectionStatus());
		builder.intercept(TransportSecurityHint.of(target, "spring.grpc.client.channel.%s.ssl.enabled=false",
				"spring.grpc.client.channel.%s.ssl.bundle, or spring.grpc.client.channel.%s.ssl.enabled=true"));
	}

}
