package io.github.grpcdiscovery.resolver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceConfigListener;
import io.github.grpcdiscovery.ServiceConfigs;
import io.github.grpcdiscovery.Subscription;

/**
 * The service configs of several registries: that of the first one which has one for the
 * service.
 *
 * @param parts one or more
 */
record MergedServiceConfigs(List<ServiceConfigs> parts) implements ServiceConfigs {

	private static final Logger logger = LoggerFactory.getLogger(MergedServiceConfigs.class);

	@Override
	public Subscription watch(String service, ServiceConfigListener listener) {
		Merge merge = new Merge(service, listener, this.parts.size());
		List<Subscription> subscriptions = new ArrayList<>();
		try {
			for (int i = 0; i < this.parts.size(); i++) {
				subscriptions.add(this.parts.get(i).watch(service, merge.part(i)));
			}
		}
		catch (RuntimeException | LinkageError ex) {
			subscriptions.forEach(Subscription::close);
			throw ex;
		}
		return merge.started(List.copyOf(subscriptions));
	}

	/** One subscription; a context keeps the calls of several registries apart. */
	private static final class Merge {

		private final ServiceConfigListener listener;

		private final SynchronizationContext syncContext;

		// all below: in the synchronization context only

		private final List<Part> parts = new ArrayList<>();

		private @Nullable Part last;

		private boolean started;

		private boolean closed;

		Merge(String service, ServiceConfigListener listener, int parts) {
			this.listener = listener;
			this.syncContext = new SynchronizationContext((thread, error) -> logger
				.error("A listener of the service config of '{}' failed; it stays subscribed", service, error));
			for (int i = 0; i < parts; i++) {
				this.parts.add(new Part(false, null, null));
			}
		}

		ServiceConfigListener part(int index) {
			return new ServiceConfigListener() {

				@Override
				public @Nullable String reasonToRefuse(Map<String, ?> config) {
					return Merge.this.listener.reasonToRefuse(config);
				}

				@Override
				public void onServiceConfig(@Nullable Map<String, ?> config) {
					set(index, new Part(true, config, null));
				}

				@Override
				public void onUnavailable(RegistryException cause) {
					set(index, new Part(true, null, cause));
				}

			};
		}

		private void set(int index, Part part) {
			this.syncContext.execute(() -> {
				this.parts.set(index, part);
				deliver();
			});
		}

		Subscription started(List<Subscription> subscriptions) {
			this.syncContext.execute(() -> {
				this.started = true;
				deliver();
			});
			return new Subscription() {

				@Override
				public void refresh() {
					subscriptions.forEach(Subscription::refresh);
				}

				@Override
				public void close() {
					subscriptions.forEach(Subscription::close);
					Merge.this.syncContext.execute(() -> Merge.this.closed = true);
				}

			};
		}

		// the first that has one, as soon as those before it have said that they have
		// none
		private void deliver() {
			Part first = this.parts.stream()
				.filter((part) -> !part.known() || part.config() != null)
				.findFirst()
				.orElse(this.parts.get(this.parts.size() - 1));
			if (!this.started || this.closed || !first.known() || first.equals(this.last)) {
				return;
			}
			this.last = first;
			boolean unavailable = this.parts.stream().allMatch((part) -> part.cause() != null);
			if (unavailable && first.cause() != null) {
				this.listener.onUnavailable(first.cause());
			}
			else {
				this.listener.onServiceConfig(first.config());
			}
		}

	}

	/**
	 * What one registry says.
	 *
	 * @param known whether it has said anything
	 * @param config its service config, if it has one
	 * @param cause why it cannot be read, if it cannot
	 */
	private record Part(boolean known, @Nullable Map<String, ?> config, @Nullable RegistryException cause) {
	}

}
