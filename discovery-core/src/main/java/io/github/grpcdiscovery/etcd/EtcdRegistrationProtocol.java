package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.etcd.jetcd.ByteSequence;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ReachabilityProbe;
import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.PredecessorException;
import io.github.grpcdiscovery.spi.RegistrationProtocol;

/**
 * One instance in etcd: one key under one lease. Remembers across attempts what was
 * written. On the event loop only.
 */
final class EtcdRegistrationProtocol implements RegistrationProtocol {

	private static final Logger logger = LoggerFactory.getLogger(EtcdRegistrationProtocol.class);

	/** What was granted so long ago will not come back by itself. */
	private static final Duration GRANTED_FOR = Duration.ofMinutes(5);

	private final EtcdApi api;

	private final EventLoop loop;

	private final ServiceInstance instance;

	private final String key;

	private final ByteSequence value;

	private final String owner = UUID.randomUUID().toString();

	private final Duration ttl;

	private final EtcdPredecessor predecessor;

	private final EtcdLeaseHolder leases;

	private boolean putSent;

	private boolean written;

	private @Nullable Long confirmedAt;

	private @Nullable Long reassertedAt;

	/**
	 * Creates the protocol of one registration.
	 * @param api etcd
	 * @param loop the registry's event loop
	 * @param keys where instances stand
	 * @param instance what to register
	 * @param ttl how long it outlives its process
	 * @param reachability knows whether somebody listens at an address
	 * @throws IllegalArgumentException if the instance does not fit into a value
	 */
	EtcdRegistrationProtocol(EtcdApi api, EventLoop loop, EtcdKeys keys, ServiceInstance instance, Duration ttl,
			ReachabilityProbe reachability) {
		this.api = api;
		this.loop = loop;
		this.instance = instance;
		this.key = keys.key(instance);
		this.value = EtcdNamingCodec.encode(instance, this.owner);
		this.ttl = ttl;
		this.leases = new EtcdLeaseHolder(api, loop, ttl, this.key);
		this.predecessor = new EtcdPredecessor(api, reachability, instance);
	}

	@Override
	public Attempt attempt() {
		return new EtcdRegistrationAttempt(this.api, this);
	}

	String key() {
		return this.key;
	}

	ByteSequence value() {
		return this.value;
	}

	/**
	 * The lease that the key is under.
	 */
	EtcdLeaseHolder leases() {
		return this.leases;
	}

	/**
	 * Takes note that the key was seen as we want it.
	 */
	void confirmed() {
		this.confirmedAt = this.loop.nanoTime();
	}

	/**
	 * When to try again after an error. What etcd granted once may come back, and is
	 * asked for again before the lease can end; that costs etcd little, since passwords
	 * are tried at intervals of their own.
	 * @return {@code null} for the usual back-off
	 */
	@Nullable Duration retryAfter(RegistryException cause) {
		if (cause instanceof PredecessorException predecessor) {
			return predecessor.retryAfter();
		}
		if (cause instanceof RegistryAccessException && this.confirmedAt != null
				&& this.loop.since(this.confirmedAt).compareTo(GRANTED_FOR) < 0) {
			return this.loop.jittered(this.ttl.dividedBy(4));
		}
		return null;
	}

	/**
	 * Puts the value under the lease.
	 * @param expected revision of the key's last change, 0 if it is absent
	 * @param lease a lease
	 * @return whether nobody else had changed the key
	 */
	CompletionStage<Boolean> write(long expected, EtcdLease lease) {
		CompletableFuture<Boolean> result = new CompletableFuture<>();
		this.putSent = true;
		this.api.put(this.key, expected, this.value, lease.id()).whenComplete((done, error) -> this.loop.execute(() -> {
			if (error instanceof LeaseGoneException) {
				this.leases.forget(lease);
			}
			if (error != null) {
				result.completeExceptionally(error);
				return;
			}
			if (done) {
				this.written = true;
				logger.debug("Put {} under lease {} of {} s", this.key, lease, lease.ttl().toSeconds());
			}
			result.complete(done);
		}));
		return result;
	}

	/**
	 * Whether the key is as we want it.
	 */
	boolean isOurs(EtcdRecord record) {
		EtcdLease lease = this.leases.lease();
		return lease != null && record.lease() == lease.id() && record.value().equals(this.value);
	}

	/**
	 * Decides whether a key that is not as we want it may be overwritten. One that an
	 * earlier process left on our address may, since the address is ours now. So may what
	 * no process of this kind wrote.
	 * @param record the key as it stands
	 * @return the address of another process that may hold the id, {@code null} if the
	 * key may be overwritten
	 * @throws RegistrationConflictException if somebody else fights for the id
	 */
	@Nullable HostAndPort claim(EtcdRecord record) {
		DecodedRecord found = EtcdNamingCodec.decode(this.instance.service(), this.instance.id(), record.value());
		if (this.owner.equals(found.owner())) {
			return null;
		}
		ServiceInstance holder = found.instance();
		String held = (holder != null) ? holder.address().toString() : "an unreadable value";
		if (this.written) {
			if (this.reassertedAt != null
					&& this.loop.since(this.reassertedAt).compareTo(this.ttl.multipliedBy(3)) < 0) {
				throw new RegistrationConflictException(this.instance, held);
			}
			this.reassertedAt = this.loop.nanoTime();
			logger.warn("{} was overwritten by somebody else ({}), putting it back once", this.key, held);
		}
		else if (holder != null && !holder.address().equals(this.instance.address())) {
			return holder.address();
		}
		else {
			logger.info("{} is left from an earlier process ({}), taking it over", this.key, held);
		}
		return null;
	}

	/**
	 * Ends an attempt that found another address under the key.
	 */
	void await(AttemptContext context, EtcdRecord record, HostAndPort holder) {
		this.predecessor.examine(context, record, holder);
	}

	@Override
	public boolean mayBeThere() {
		return this.putSent;
	}

	@Override
	public CompletionStage<?> deregister() {
		return this.leases.revoke();
	}

}
