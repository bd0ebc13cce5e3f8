package io.github.grpcdiscovery.etcd;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Keeps one lease alive during one attempt, and fails the attempt when it is gone or not
 * surely renewed. All deadlines follow from the TTL and the monotonic clock: renewed
 * after a third of it; sent again after half of it; on a new connection after two thirds.
 * A connection that went silent is so replaced before the lease can end. On the event
 * loop only.
 */
final class LeaseRenewal {

	private static final Logger logger = LoggerFactory.getLogger(LeaseRenewal.class);

	private static final Duration MAX_PAUSE = Duration.ofSeconds(1);

	private static final Duration MAX_REQUEST_TIMEOUT = Duration.ofSeconds(5);

	private final AttemptContext context;

	private final EtcdApi api;

	private final EtcdLease lease;

	private final Listener listener;

	private final Duration third;

	/** Without an answer for as long, a renewal is sent once more. */
	private final Duration requestTimeout;

	/** After an error, the next renewal waits for as long. */
	private final Duration pause;

	private final long begunAt;

	private long renewedAt;

	private long connectedAt;

	private @Nullable Long pendingSince;

	private @Nullable RegistryException trouble;

	private EventLoop.@Nullable Timer next;

	private boolean stopped;

	/**
	 * Creates the renewal of a lease.
	 * @param context the attempt that fails with the lease
	 * @param api etcd
	 * @param lease the lease
	 * @param renewedAt when the last renewal that etcd confirmed was sent
	 * @param listener told of renewals and of the end
	 */
	LeaseRenewal(AttemptContext context, EtcdApi api, EtcdLease lease, long renewedAt, Listener listener) {
		this.context = context;
		this.api = api;
		this.lease = lease;
		this.renewedAt = renewedAt;
		this.begunAt = context.loop().nanoTime();
		this.connectedAt = this.begunAt;
		this.listener = listener;
		this.third = lease.ttl().dividedBy(3);
		this.requestTimeout = min(lease.ttl().dividedBy(6), MAX_REQUEST_TIMEOUT);
		this.pause = min(lease.ttl().dividedBy(12), MAX_PAUSE);
	}

	/**
	 * Renews now, and from then on.
	 */
	void renewNow() {
		renew();
	}

	/**
	 * Renews a third of the TTL after the last renewal.
	 */
	void renewLater() {
		schedule(this.third.minus(sinceRenewal()), this::renew);
	}

	/**
	 * Renews no more, whatever answers are still on their way.
	 */
	void stop() {
		this.stopped = true;
		cancelNext();
	}

	private void cancelNext() {
		if (this.next != null) {
			this.next.cancel();
			this.next = null;
		}
	}

	private void renew() {
		long sentAt = this.context.loop().nanoTime();
		if (this.pendingSince == null) {
			this.pendingSince = sentAt;
		}
		schedule(this.requestTimeout, this::unanswered);
		this.api.renew(this.lease.id()).whenComplete((ttl, error) -> execute(() -> answered(sentAt, error)));
	}

	private void answered(long sentAt, @Nullable Throwable error) {
		if (error == null) {
			renewed(sentAt);
		}
		else if (sentAt - this.renewedAt <= 0 || sentAt - this.connectedAt < 0) {
			logger.trace("A renewal failed that another has overtaken, or that went with its connection", error);
		}
		else if (error instanceof LeaseGoneException gone) {
			stop();
			this.listener.onGone(gone);
		}
		else if (error instanceof RegistryAccessException refused) {
			throw refused;
		}
		else {
			this.trouble = (error instanceof RegistryException exception) ? exception
					: new RegistryException(this.api.description() + ": unexpected error: " + error, error);
			logger.debug("Lease {} is renewed again in {}: {}", this.lease, Durations.rounded(this.pause),
					this.trouble.getMessage());
			schedule(this.pause, this::unanswered);
		}
	}

	private void renewed(long sentAt) {
		if (sentAt - this.renewedAt > 0) {
			this.renewedAt = sentAt;
		}
		this.pendingSince = null;
		this.trouble = null;
		renewLater();
		this.listener.onRenewed(this.renewedAt);
	}

	// no answer for a while, or an error a moment ago
	private void unanswered() {
		Duration silence = sinceRenewal();
		Long pendingSince = this.pendingSince;
		if (silence.compareTo(this.third.multipliedBy(2)) < 0) {
			lookUpLease();
		}
		if (pendingSince != null && silence.compareTo(this.third.multipliedBy(2)) >= 0
				&& this.context.loop().since(pendingSince).compareTo(this.requestTimeout) >= 0) {
			this.api.reconnect("lease %s was not renewed for %d ms".formatted(this.lease, silence.toMillis()),
					pendingSince);
			this.pendingSince = null;
			this.connectedAt = this.context.loop().nanoTime();
		}
		if (silence.compareTo(this.third.multipliedBy(2).plus(this.third.dividedBy(2))) >= 0
				&& this.context.loop().since(this.begunAt).compareTo(this.third) >= 0) {
			throw notRenewed(silence);
		}
		renew();
	}

	// etcd grpc-proxy renews a lease when it is asked to and answers at its next tick
	private void lookUpLease() {
		long sentAt = this.context.loop().nanoTime();
		this.api.timeToLive(this.lease.id()).whenComplete((left, error) -> execute(() -> {
			if (left != null) {
				long renewed = sentAt + left.minus(this.lease.ttl()).toNanos();
				if (renewed - this.renewedAt > 0) {
					renewed(renewed);
				}
			}
		}));
	}

	private RegistryException notRenewed(Duration silence) {
		RegistryException trouble = this.trouble;
		return new RegistryException("%s: lease %s was not renewed for %d ms of its %d s%s".formatted(
				this.api.description(), this.lease, silence.toMillis(), this.lease.ttl().toSeconds(),
				(trouble != null) ? " (" + trouble.getMessage() + ")" : ""), trouble);
	}

	private void execute(Runnable task) {
		this.context.execute(() -> {
			if (!this.stopped) {
				task.run();
			}
		});
	}

	private Duration sinceRenewal() {
		return this.context.loop().since(this.renewedAt);
	}

	private void schedule(Duration delay, Runnable task) {
		cancelNext();
		this.next = this.context.schedule(delay.isNegative() ? Duration.ZERO : delay, task);
	}

	private static Duration min(Duration one, Duration other) {
		return (one.compareTo(other) <= 0) ? one : other;
	}

	/** Told of what becomes of a lease, on the event loop. */
	interface Listener {

		/**
		 * Etcd renewed the lease.
		 * @param sentAt when the renewal was sent
		 */
		void onRenewed(long sentAt);

		/**
		 * The lease is no more. What this throws fails the attempt.
		 * @param cause what etcd said
		 */
		void onGone(LeaseGoneException cause);

	}

}
