package io.github.grpcdiscovery.autoconfigure;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.RegistrationStatus;

/**
 * Tells several observers, and none of them can harm the others or the registry.
 */
public final class CompositeDiscoveryObserver implements DiscoveryObserver {

	private static final Logger logger = LoggerFactory.getLogger(CompositeDiscoveryObserver.class);

	private final List<DiscoveryObserver> observers;

	private CompositeDiscoveryObserver(List<DiscoveryObserver> observers) {
		this.observers = observers;
	}

	/**
	 * One observer for all.
	 * @param observers told in this order
	 * @return the observer to give to a registry
	 */
	public static DiscoveryObserver of(Stream<DiscoveryObserver> observers) {
		return new CompositeDiscoveryObserver(observers.toList());
	}

	@Override
	public void instancesChanged(String registry, String service, int instances) {
		forEach((observer) -> observer.instancesChanged(registry, service, instances));
	}

	@Override
	public void instancesRetained(String registry, String service, int retained) {
		forEach((observer) -> observer.instancesRetained(registry, service, retained));
	}

	@Override
	public void freshnessChanged(String registry, String service, @Nullable Instant staleSince) {
		forEach((observer) -> observer.freshnessChanged(registry, service, staleSince));
	}

	@Override
	public void watchEnded(String registry, String service) {
		forEach((observer) -> observer.watchEnded(registry, service));
	}

	@Override
	public void contactLost(String registry, String service, Purpose purpose) {
		forEach((observer) -> observer.contactLost(registry, service, purpose));
	}

	@Override
	public void entrySkipped(String registry, String service) {
		forEach((observer) -> observer.entrySkipped(registry, service));
	}

	@Override
	public void registrationChanged(RegistrationStatus status) {
		forEach((observer) -> observer.registrationChanged(status));
	}

	private void forEach(Consumer<DiscoveryObserver> event) {
		for (DiscoveryObserver observer : this.observers) {
			try {
				event.accept(observer);
			}
			catch (RuntimeException | LinkageError ex) {
				logger.error("{} failed; it still gets later events", observer, ex);
			}
		}
	}

}
