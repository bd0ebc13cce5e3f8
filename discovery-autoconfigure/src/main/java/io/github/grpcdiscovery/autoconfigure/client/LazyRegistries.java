package io.github.grpcdiscovery.autoconfigure.client;

import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.ServiceConfigs;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.resolver.DiscoveryTarget;
import io.github.grpcdiscovery.resolver.Registries;

/**
 * Asks for the registries only when a channel is used, since a channel that is injected
 * into a constructor is made while the application context is still being set up.
 */
public final class LazyRegistries implements Registries {

	private final Supplier<? extends Registries> registries;

	/**
	 * Creates them.
	 * @param registries asked when a channel is used
	 */
	public LazyRegistries(Supplier<? extends Registries> registries) {
		this.registries = registries;
	}

	@Override
	public ServiceDiscovery forTarget(DiscoveryTarget target) {
		if (target.scheme().equals(DiscoveryTarget.ANY_REGISTRY)) {
			return new LazyDiscovery(() -> this.registries.get().forTarget(target));
		}
		// whether there is such a registry is to be known now, when the channel is made
		return this.registries.get().forTarget(target);
	}

	private record LazyDiscovery(Supplier<ServiceDiscovery> delegate) implements ServiceDiscovery {

		@Override
		public String registry() {
			return this.delegate.get().registry();
		}

		@Override
		public String description() {
			return this.delegate.get().description();
		}

		@Override
		public Subscription watch(String service, InstancesListener listener) {
			return this.delegate.get().watch(service, listener);
		}

		@Override
		public @Nullable ServiceConfigs serviceConfigs() {
			return this.delegate.get().serviceConfigs();
		}

		@Override
		public List<WatchStatus> watches() {
			return this.delegate.get().watches();
		}

	}

}
