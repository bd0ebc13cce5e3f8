package io.github.grpcdiscovery;

import java.time.Instant;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * State of one registration at one moment. Immutable and compared by value.
 */
public final class RegistrationStatus {

	private final String registry;

	private final ServiceInstance instance;

	private final State state;

	private final Instant since;

	private final long registrations;

	private final @Nullable String lastError;

	private final @Nullable String unhealthy;

	RegistrationStatus(RegistrationStatusBuilder builder) {
		this.registry = builder.registry;
		this.instance = builder.instance;
		this.state = builder.state;
		this.since = builder.since;
		this.registrations = builder.registrations;
		this.lastError = builder.lastError;
		this.unhealthy = builder.unhealthy;
	}

	/**
	 * Begins the state of a registration of which nothing went wrong.
	 * @param registry name of the registry, such as {@code etcd}
	 * @param instance what is being registered
	 * @param state where it stands
	 * @param since when this state was entered
	 * @return a builder
	 */
	public static RegistrationStatusBuilder builder(String registry, ServiceInstance instance, State state,
			Instant since) {
		return new RegistrationStatusBuilder(registry, instance, state, since);
	}

	/**
	 * Begins a changed copy in the same state.
	 * @return a builder that has everything of this one
	 */
	public RegistrationStatusBuilder toBuilder() {
		return builder(this.registry, this.instance, this.state, this.since).registrations(this.registrations)
			.lastError(this.lastError)
			.unhealthy(this.unhealthy);
	}

	/** Name of the registry, such as {@code etcd}. */
	public String registry() {
		return this.registry;
	}

	/** What is being registered. */
	public ServiceInstance instance() {
		return this.instance;
	}

	/** Where it stands. */
	public State state() {
		return this.state;
	}

	/** When this state was entered. */
	public Instant since() {
		return this.since;
	}

	/** How often the instance was put into the registry so far. */
	public long registrations() {
		return this.registrations;
	}

	/** What went wrong last, without secrets; {@code null} if nothing did. */
	public @Nullable String lastError() {
		return this.lastError;
	}

	/**
	 * What the registry says about the instance while it is registered and does not pass
	 * a health check of the registry; {@code null} if it passes, or if the registry has
	 * no checks.
	 */
	public @Nullable String unhealthy() {
		return this.unhealthy;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof RegistrationStatus that && this.registry.equals(that.registry)
				&& this.instance.equals(that.instance) && this.state == that.state && this.since.equals(that.since)
				&& this.registrations == that.registrations && Objects.equals(this.lastError, that.lastError)
				&& Objects.equals(this.unhealthy, that.unhealthy));
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.registry, this.instance, this.state, this.since, this.registrations);
	}

	@Override
	public String toString() {
		return ("RegistrationStatus[registry=%s, instance=%s, state=%s, since=%s, registrations=%d, lastError=%s, "
				+ "unhealthy=%s]")
			.formatted(this.registry, this.instance, this.state, this.since, this.registrations, this.lastError,
					this.unhealthy);
	}

	/** Where a registration stands. */
	public enum State {

		/** Not yet in the registry; being tried. */
		REGISTERING,

		/**
		 * Not yet in the registry: a process that is gone still holds the same id, and
		 * its entry is about to end by itself.
		 */
		WAITING,

		/** In the registry, as far as we know. */
		REGISTERED,

		/** Was in the registry; contact is lost and being sought. */
		RETRYING,

		/** Another process holds the same id; tried again at long intervals. */
		CONFLICT,

		/** Being taken out. */
		DEREGISTERING,

		/** Taken out, or given up after the deadline. Final. */
		DEREGISTERED

	}

}
