package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ReachabilityProbe;
import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.PredecessorException;

/**
 * Decides about a key that names another address: a conflict with a process that lives,
 * or what a dead one left, whose lease is waited for. Dead is where nobody listens and
 * whose lease nobody renews. On the event loop only.
 */
final class EtcdPredecessor {

	private static final Duration LAST_LOOKS = Duration.ofMillis(300);

	private static final Duration MAX_WAIT = Duration.ofSeconds(3);

	/** What a remaining time may seem longer by, since it is told in whole seconds. */
	private static final Duration SLACK = Duration.ofMillis(500);

	private final EtcdApi api;

	private final ReachabilityProbe reachability;

	private final ServiceInstance instance;

	private long lease;

	private long endsAt;

	EtcdPredecessor(EtcdApi api, ReachabilityProbe reachability, ServiceInstance instance) {
		this.api = api;
		this.reachability = reachability;
		this.instance = instance;
	}

	/**
	 * Ends an attempt: with a conflict, or with the time at which the next makes sense.
	 * @param context the attempt
	 * @param record the key as it stands
	 * @param holder the address that it names
	 */
	void examine(AttemptContext context, EtcdRecord record, HostAndPort holder) {
		if (record.lease() == 0) {
			throw conflict(holder); // nothing ever ends it
		}
		this.reachability.check(Set.of(holder), (absent) -> context.execute(() -> {
			if (!absent.contains(holder)) {
				throw conflict(holder);
			}
			long sentAt = context.loop().nanoTime();
			this.api.timeToLive(record.lease())
				.whenComplete((left, error) -> context
					.execute(() -> decide(context, record.lease(), holder, sentAt, left, error)));
		}));
	}

	private void decide(AttemptContext context, long lease, HostAndPort holder, long sentAt, @Nullable Duration left,
			@Nullable Throwable error) {
		if (error instanceof LeaseGoneException) {
			throw new PredecessorException(this.instance, holder, "its lease has ended", LAST_LOOKS);
		}
		if (error instanceof RegistryException exception) {
			throw exception;
		}
		Duration remaining = (left != null) ? left : Duration.ZERO;
		// etcd looked at some time between question and answer
		if (this.lease != lease) {
			this.lease = lease;
			this.endsAt = context.loop().nanoTime() + remaining.plusSeconds(1).toNanos();
		}
		else if (sentAt + remaining.toNanos() - this.endsAt > SLACK.toNanos()) {
			throw conflict(holder); // somebody renews it
		}
		Duration wait = remaining.isZero() ? LAST_LOOKS : (remaining.compareTo(MAX_WAIT) < 0) ? remaining : MAX_WAIT;
		throw new PredecessorException(this.instance, holder,
				"its lease is not renewed and ends within %d s".formatted(remaining.toSeconds() + 1), wait);
	}

	private RegistrationConflictException conflict(HostAndPort holder) {
		this.lease = 0;
		return new RegistrationConflictException(this.instance, holder.toString());
	}

}
