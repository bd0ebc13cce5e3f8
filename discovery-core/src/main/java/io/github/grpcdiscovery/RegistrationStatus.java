package io.github.grpcdiscovery;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * State of one registration at one moment.
 *
 * @param registry name of the registry, such as {@code etcd}
 * @param instance what is being registered
 * @param state where it stands
 * @param since when this state was entered
 * @param registrations how often the instance was put into the registry so far
 * @param lastError what went wrong last, without secrets; {@code null} if nothing did
 * @param unhealthy what the registry says about the instance while it is registered and
 * does not pass a health check of the registry; {@code null} if it passes, or if the
 * registry has no checks
 */
public record RegistrationStatus(String registry, ServiceInstance instance, State state, Instant since,
		long registrations, @Nullable String lastError, @Nullable String unhealthy) {

	/**
	 * State of a registration of which the registry has nothing to say.
	 * @param registry name of the registry, such as {@code etcd}
	 * @param instance what is being registered
	 * @param state where it stands
	 * @param since when this state was entered
	 * @param registrations how often the instance was put into the registry so far
	 * @param lastError what went wrong last, without secrets; {@code null} if nothing did
	 */
	public RegistrationStatus(String registry, ServiceInstance instance, State state, Instant since, long registrations,
			@Nullable String lastError) {
		this(registry, instance, state, since, registrations, lastError, null);
	}

	/**
	 * The same with what the registry says about the instance.
	 * @param unhealthy which check it does not pass and why; {@code null} if it passes
	 * @return a changed copy
	 */
	public RegistrationStatus withUnhealthy(@Nullable String unhealthy) {
		return new RegistrationStatus(this.registry, this.instance, this.state, this.since, this.registrations,
				this.lastError, unhealthy);
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
