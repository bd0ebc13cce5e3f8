package io.github.grpcdiscovery.internal.registration;

import java.time.Clock;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;

/**
 * The status of one registration, for operators. Changed by one thread at a time, read by
 * any.
 */
final class OwnStatus {

	private final DiscoveryObserver observer;

	private final Clock clock;

	private volatile RegistrationStatus status;

	OwnStatus(RegistryContext registry, ServiceInstance instance) {
		this.observer = registry.observer();
		this.clock = registry.clock();
		this.status = RegistrationStatus.builder(registry.name(), instance, State.REGISTERING, Instant.now(this.clock))
			.build();
	}

	RegistrationStatus status() {
		return this.status;
	}

	/**
	 * Enters a state, or changes the reason for the one that it is in.
	 * @param state the state
	 * @param lastError why, if something went wrong
	 */
	void change(State state, @Nullable String lastError) {
		RegistrationStatus before = this.status;
		boolean entered = before.state() != state;
		long registrations = before.registrations() + ((entered && state == State.REGISTERED) ? 1 : 0);
		Instant since = entered ? Instant.now(this.clock) : before.since();
		RegistrationStatus status = RegistrationStatus.builder(before.registry(), before.instance(), state, since)
			.registrations(registrations)
			.lastError(lastError)
			.build();
		this.status = status;
		if (entered) {
			this.observer.registrationChanged(status);
		}
	}

}
