package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.AttemptContext;

/**
 * One try to be in etcd and to stay there: the lease there is, renewed before anything
 * else, else a new one; the key, written only where it is not as it should be; then a
 * look at the key about once a TTL, beside the renewals. Whatever is found wrong ends the
 * attempt, and the next mends it.
 */
final class EtcdRegistrationAttempt implements Attempt {

	private static final Logger logger = LoggerFactory.getLogger(EtcdRegistrationAttempt.class);

	private final EtcdApi api;

	private final EtcdRegistrationProtocol registration;

	private @Nullable LeaseRenewal renewal;

	private boolean keyRead;

	EtcdRegistrationAttempt(EtcdApi api, EtcdRegistrationProtocol registration) {
		this.api = api;
		this.registration = registration;
	}

	@Override
	public void begin(AttemptContext context) {
		EtcdLease lease = this.registration.leases().lease();
		if (lease == null) {
			read(context);
		}
		else {
			// the lease survives restarts, changes of leader and lost permissions: a
			// second
			// one would be left behind, and without a renewal it would end meanwhile
			renewal(context, lease).renewNow();
		}
	}

	private LeaseRenewal renewal(AttemptContext context, EtcdLease lease) {
		LeaseRenewal renewal = new LeaseRenewal(context, this.api, lease, this.registration.leases().renewedAt(),
				new Renewals(context, lease));
		this.renewal = renewal;
		return renewal;
	}

	private void read(AttemptContext context) {
		this.keyRead = true;
		context.await(this.api.get(this.registration.key()), (found) -> decide(context, found));
	}

	private void decide(AttemptContext context, Optional<EtcdRecord> found) {
		EtcdLease lease = this.registration.leases().lease();
		if (lease != null && found.filter(this.registration::isOurs).isPresent()) {
			settled(context, lease);
			return;
		}
		HostAndPort holder = found.isPresent() ? this.registration.claim(found.get()) : null;
		if (holder != null) {
			this.registration.await(context, found.get(), holder);
			return;
		}
		long expected = found.map(EtcdRecord::modRevision).orElse(0L);
		context.await(this.registration.leases().acquire(), (acquired) -> write(context, expected, acquired));
	}

	private void write(AttemptContext context, long expected, EtcdLease lease) {
		context.await(this.registration.write(expected, lease), (done) -> {
			if (!done) {
				throw changed("was changed by somebody else while it was being put");
			}
			settled(context, lease);
		});
	}

	private void settled(AttemptContext context, EtcdLease lease) {
		if (this.renewal == null) {
			renewal(context, lease).renewLater();
		}
		this.registration.confirmed();
		context.active();
		scheduleAudit(context, lease);
	}

	private void scheduleAudit(AttemptContext context, EtcdLease lease) {
		// a little less than a TTL on average, so that it is never more
		context.schedule(context.loop().jittered(lease.ttl().multipliedBy(4).dividedBy(5)),
				() -> this.api.get(this.registration.key())
					.whenComplete((found, error) -> context.execute(() -> audited(context, lease, found, error))));
	}

	// whether etcd is there the renewals tell; to end them for a slow answer would lose
	// the lease
	private void audited(AttemptContext context, EtcdLease lease, @Nullable Optional<EtcdRecord> found,
			@Nullable Throwable error) {
		if (error instanceof RegistryAccessException exception) {
			throw exception;
		}
		if (found == null) {
			logger.debug("No look at {}, the next one comes", this.registration.key(), error);
			scheduleAudit(context, lease);
			return;
		}
		audit(context, lease, found);
	}

	private void audit(AttemptContext context, EtcdLease lease, Optional<EtcdRecord> found) {
		if (found.isEmpty()) {
			throw changed("was deleted by somebody else");
		}
		if (!this.registration.isOurs(found.get())) {
			throw changed("was overwritten by somebody else");
		}
		this.registration.confirmed();
		scheduleAudit(context, lease);
	}

	private RegistryException changed(String what) {
		return new RegistryException("%s: '%s' %s".formatted(this.api.description(), this.registration.key(), what),
				null);
	}

	@Override
	public @Nullable Duration retryAfter(RegistryException cause) {
		return this.registration.retryAfter(cause);
	}

	@Override
	public void end() {
		if (this.renewal != null) {
			this.renewal.stop();
			this.renewal = null;
		}
	}

	private final class Renewals implements LeaseRenewal.Listener {

		private final AttemptContext context;

		private final EtcdLease lease;

		Renewals(AttemptContext context, EtcdLease lease) {
			this.context = context;
			this.lease = lease;
		}

		@Override
		public void onRenewed(long sentAt) {
			EtcdRegistrationAttempt.this.registration.leases().renewed(sentAt);
			if (!EtcdRegistrationAttempt.this.keyRead) {
				read(this.context);
			}
		}

		@Override
		public void onGone(LeaseGoneException cause) {
			EtcdRegistrationAttempt.this.registration.leases().forget(this.lease);
			EtcdRegistrationAttempt.this.renewal = null;
			if (EtcdRegistrationAttempt.this.keyRead) {
				throw cause;
			}
			read(this.context);
		}

	}

}
