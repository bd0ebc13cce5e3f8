package io.github.grpcdiscovery.internal.registration;

import java.time.Clock;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;

/**
 * The status of one registration, for operators. Changed by one thread at a time, read by
 * any.
 */
final class OwnStatus {

	private final DiscoveryObserver observer;

	private final Clock clock;

	private volatile RegistrationStatus status;

	OwnStatus(String registry, ServiceInstance instance, DiscoveryObserver observer, Clock clock) {
		this.observer = observer;
		this.clock = clock;
		this.status = new RegistrationStatus(registry, instance, State.REGISTERING, Instant.now(clock), 0, null);
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
		RegistrationStatus status = new RegistrationStatus(before.registry(), before.instance(), state,
				entered ? Instant.now(this.clock) : before.since(), registrations, lastError);
		this.status = status;
		if (entered) {
			this.observer.registrationChanged(status);
		}
	}

}
