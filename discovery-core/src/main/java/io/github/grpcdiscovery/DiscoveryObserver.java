package io.github.grpcdiscovery;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Sees what happens between us and the registries, for meters and the like. Called by the
 * registry's own thread: implementations are quick and do not throw.
 */
public interface DiscoveryObserver {

	/** Sees nothing. */
	DiscoveryObserver NONE = new DiscoveryObserver() {
	};

	/**
	 * A list was handed to the listeners.
	 * @param registry name of the registry
	 * @param service name of the service
	 * @param instances how many there are now
	 */
	default void instancesChanged(String registry, String service, int instances) {
	}

	/**
	 * Another number of instances is in the list although the registry does not have them
	 * any more, until that is confirmed.
	 * @param registry name of the registry
	 * @param service name of the service
	 * @param retained how many there are now
	 */
	default void instancesRetained(String registry, String service, int retained) {
	}

	/**
	 * A list began or ceased to be kept up to date.
	 * @param registry name of the registry
	 * @param service name of the service
	 * @param staleSince when the list was last known to be true; {@code null} if it is
	 * kept up to date
	 */
	default void freshnessChanged(String registry, String service, @Nullable Instant staleSince) {
	}

	/**
	 * A service is no longer followed.
	 * @param registry name of the registry
	 * @param service name of the service
	 */
	default void watchEnded(String registry, String service) {
	}

	/**
	 * Contact was lost and is being sought.
	 * @param registry name of the registry
	 * @param service name of the service
	 * @param purpose what the contact is for
	 */
	default void contactLost(String registry, String service, Purpose purpose) {
	}

	/**
	 * Something under the service's name could not be read as an instance and was
	 * skipped.
	 * @param registry name of the registry
	 * @param service name of the service
	 */
	default void entrySkipped(String registry, String service) {
	}

	/**
	 * A registration moved to another state.
	 * @param status the registration as it is now
	 */
	default void registrationChanged(RegistrationStatus status) {
	}

	/** What a contact with a registry is for. */
	enum Purpose {

		/** Keeping an instance registered. */
		REGISTRATION,

		/** Following the instances of a service. */
		WATCH

	}

}
