package io.github.grpcdiscovery.autoconfigure.springgrpc;

import java.util.function.Supplier;

import io.grpc.ManagedChannelBuilder;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

import io.github.grpcdiscovery.autoconfigure.client.DiscoveryOffWarning;

/**
 * Looks at each channel of Spring Boot's own gRPC where no registry is configured.
 *
 * @param <T> type of the builder; any, so that it is applied to every kind of channel
 */
final class DiscoveryOffCustomizer<T extends ManagedChannelBuilder<T>> implements GrpcChannelBuilderCustomizer<T> {

	private static final String IN_PROCESS = "io.grpc.inprocess.";

	private final DiscoveryOffWarning warning;

	private final Supplier<DiscoveryVirtualTargets> targets;

	DiscoveryOffCustomizer(DiscoveryOffWarning warning, Supplier<DiscoveryVirtualTargets> targets) {
		this.warning = warning;
		this.targets = targets;
	}

	@Override
	public void customize(String target, T builder) {
		// what is in this process has a name and no address
		if (!builder.getClass().getName().startsWith(IN_PROCESS) && this.targets.get().isBareName(target)) {
			this.warning.bareName(target);
		}
	}

}
