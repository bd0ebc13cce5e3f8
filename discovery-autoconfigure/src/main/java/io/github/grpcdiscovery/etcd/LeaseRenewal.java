package io.github.grpcdiscovery.etcd;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.reconnect.AttemptContext;
import io.github.grpcdiscovery.reconnect.EventLoop;

/**
 * Keeps one lease alive during one attempt, and fails the attempt when it is gone or not
 * surely renewed. Jetcd renews by the wall clock and falls silent when that is set back,
 * so how long ago the last renewal was is measured here, by the monotonic clock. On the
 * event loop only.
 */
final class LeaseRenewal {

	private static final Logger logger = LoggerFactory.getLogger(LeaseRenewal.class);

	/** What a renewal may take beyond a third of the TTL: jetcd looks twice a second. */
	private static final Duration SLACK = Duration.ofMillis(1500);

	private static final Duration REOPEN_PAUSE = Duration.ofMillis(500);

	private final AttemptContext context;

	private final EtcdApi api;

	private final EtcdLease lease;

	private final Runnable onGone;

	/** Without a renewal for as long, renewing is started anew. */
	private final Duration suspectAfter;

	/** Without a renewal for as long, the attempt fails. */
	private final Duration lostAfter;

	private EtcdApi.@Nullable Call call;

	private EventLoop.@Nullable Timer watchdog;

	private long renewedAt;

	private boolean reopened;

	private boolean leaseSeen;

	private @Nullable RegistryException trouble;

	/**
	 * Creates the renewal of a lease.
	 * @param context the attempt that fails with the lease
	 * @param api etcd
	 * @param lease a lease that was alive a moment ago
	 * @param onGone told when etcd knows the lease no more, before the attempt fails
	 */
	LeaseRenewal(AttemptContext context, EtcdApi api, EtcdLease lease, Runnable onGone) {
		this.context = context;
		this.api = api;
		this.lease = lease;
		this.onGone = onGone;
		Duration third = lease.ttl().dividedBy(3);
		this.suspectAfter = third.plusSeconds(2);
		Duration late = third.plus(SLACK);
		Duration twoThirds = third.multipliedBy(2);
		this.lostAfter = (twoThirds.compareTo(late) >= 0) ? twoThirds
				: (late.compareTo(lease.ttl()) < 0) ? late : lease.ttl();
	}

	void start() {
		this.renewedAt = this.context.loop().nanoTime();
		open();
		scheduleCheck();
	}

	void stop() {
		if (this.watchdog != null) {
			this.watchdog.cancel();
			this.watchdog = null;
		}
		if (this.call != null) {
			this.call.close();
			this.call = null;
		}
	}

	private void open() {
		if (this.call != null) {
			this.call.close();
		}
		this.call = this.api.keepAlive(this.lease.id(), new Listener());
	}

	private void onRenewed() {
		this.renewedAt = this.context.loop().nanoTime();
		this.reopened = false;
		this.leaseSeen = false;
		this.trouble = null;
	}

	// what is left of a lease says when it was renewed last: etcd grpc-proxy renews it
	// itself, and answers our own renewals as late as a third of the TTL afterwards; etcd
	// tells whole seconds
	private void seen(Duration left) {
		Duration ago = this.lease.ttl().minus(left);
		if (!ago.isNegative() && ago.plus(SLACK).compareTo(sinceRenewal()) < 0) {
			onRenewed();
			this.renewedAt -= ago.toNanos();
		}
	}

	private Duration sinceRenewal() {
		return this.context.loop().since(this.renewedAt);
	}

	private void scheduleCheck() {
		Duration next = this.reopened ? this.lostAfter : min(this.suspectAfter, this.lostAfter);
		Duration wait = next.minus(sinceRenewal());
		this.watchdog = this.context.schedule(wait.isNegative() ? Duration.ZERO : wait, this::check);
	}

	private void check() {
		Duration silence = sinceRenewal();
		if (silence.compareTo(this.lostAfter) >= 0) {
			if (this.leaseSeen) {
				this.api.reconnect("etcd answers, but lease " + this.lease + " is not renewed");
			}
			throw notRenewed(silence);
		}
		if (silence.compareTo(this.suspectAfter) >= 0 && !this.reopened) {
			this.reopened = true;
			logger.debug("Lease {} was not renewed for {}, renewing anew", this.lease, silence);
			open();
			// this call also makes jetcd get a new token, which its renewals never do
			this.api.timeToLive(this.lease.id()).whenComplete((left, error) -> this.context.execute(() -> {
				this.leaseSeen = this.reopened && left != null;
				if (error instanceof LeaseGoneException gone) {
					gone(gone);
				}
				else if (left != null) {
					seen(left);
				}
			}));
		}
		scheduleCheck();
	}

	private RegistryException notRenewed(Duration silence) {
		RegistryException trouble = this.trouble;
		return new RegistryException("%s: lease %s was not renewed for %d ms of its %d s%s".formatted(
				this.api.description(), this.lease, silence.toMillis(), this.lease.ttl().toSeconds(),
				(trouble != null) ? " (" + trouble.getMessage() + ")" : ""), trouble);
	}

	private void gone(LeaseGoneException cause) {
		this.onGone.run();
		throw cause;
	}

	// jetcd gave up, by the wall clock; the lease may be as alive as before
	private void onStopped() {
		this.context.schedule(REOPEN_PAUSE, this::open);
	}

	private static Duration min(Duration one, Duration other) {
		return (one.compareTo(other) <= 0) ? one : other;
	}

	private final class Listener implements EtcdApi.KeepAliveListener {

		@Override
		public void onRenewed() {
			LeaseRenewal.this.context.execute(LeaseRenewal.this::onRenewed);
		}

		@Override
		public void onTrouble(RegistryException cause) {
			LeaseRenewal.this.context.execute(() -> {
				logger.debug("jetcd tries again: {}", cause.getMessage());
				LeaseRenewal.this.trouble = cause;
			});
		}

		@Override
		public void onGone(LeaseGoneException cause) {
			LeaseRenewal.this.context.execute(() -> gone(cause));
		}

		@Override
		public void onStopped() {
			LeaseRenewal.this.context.execute(LeaseRenewal.this::onStopped);
		}

	}

}
