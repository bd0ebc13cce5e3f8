package io.github.grpcdiscovery;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Collects the state of a registration. Each method returns the builder. Not safe for use
 * by several threads.
 */
public final class RegistrationStatusBuilder {

	final String registry;

	final ServiceInstance instance;

	final RegistrationStatus.State state;

	final Instant since;

	long registrations;

	@Nullable String lastError;

	@Nullable String unhealthy;

	RegistrationStatusBuilder(String registry, ServiceInstance instance, RegistrationStatus.State state,
			Instant since) {
		this.registry = registry;
		this.instance = instance;
		this.state = state;
		this.since = since;
	}

	/** How often the instance was put into the registry. */
	public RegistrationStatusBuilder registrations(long registrations) {
		this.registrations = registrations;
		return this;
	}

	/** What went wrong last, without secrets; {@code null} for nothing. */
	public RegistrationStatusBuilder lastError(@Nullable String lastError) {
		this.lastError = lastError;
		return this;
	}

	/** Which check of the registry does not pass, and why; {@code null} for none. */
	public RegistrationStatusBuilder unhealthy(@Nullable String unhealthy) {
		this.unhealthy = unhealthy;
		return this;
	}

	/**
	 * Makes the state.
	 * @return the state
	 */
	public RegistrationStatus build() {
		return new RegistrationStatus(this);
	}

}
