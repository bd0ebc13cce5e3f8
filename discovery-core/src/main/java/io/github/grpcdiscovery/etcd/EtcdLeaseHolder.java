package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.spi.EventLoop;

/**
 * The lease of one key, remembered across attempts, so that there is never a second one.
 * On the event loop only.
 */
final class EtcdLeaseHolder {

	private static final Logger logger = LoggerFactory.getLogger(EtcdLeaseHolder.class);

	private static final Duration REVOKE_PAUSE = Duration.ofMillis(200);

	private final EtcdApi api;

	private final EventLoop loop;

	private final Duration ttl;

	private final String key;

	private @Nullable EtcdLease lease;

	private long renewedAt;

	private @Nullable CompletableFuture<EtcdLease> granting;

	EtcdLeaseHolder(EtcdApi api, EventLoop loop, Duration ttl, String key) {
		this.api = api;
		this.loop = loop;
		this.ttl = ttl;
		this.key = key;
	}

	@Nullable EtcdLease lease() {
		return this.lease;
	}

	/**
	 * When the last renewal that etcd confirmed was sent, or the lease was asked for.
	 */
	long renewedAt() {
		return this.renewedAt;
	}

	void renewed(long sentAt) {
		this.renewedAt = sentAt;
	}

	/**
	 * Takes note that etcd knows a lease no more.
	 */
	void forget(EtcdLease gone) {
		if (gone.equals(this.lease)) {
			logger.debug("Lease {} of {} is gone", gone, this.key);
			this.lease = null;
		}
	}

	/**
	 * A lease for the key: the one there is, else one that is being granted, else a new
	 * one. Whoever asked for it may be over by the time it comes; it is remembered all
	 * the same.
	 */
	CompletionStage<EtcdLease> acquire() {
		if (this.lease != null) {
			return CompletableFuture.completedFuture(this.lease);
		}
		if (this.granting != null) {
			return this.granting;
		}
		CompletableFuture<EtcdLease> granting = new CompletableFuture<>();
		this.granting = granting;
		long sentAt = this.loop.nanoTime();
		this.api.grant(this.ttl).whenComplete((granted, error) -> this.loop.execute(() -> {
			this.granting = null;
			if (granted != null) {
				this.lease = granted;
				this.renewedAt = sentAt;
				granting.complete(granted);
			}
			else {
				granting.completeExceptionally(error);
			}
		}));
		return granting;
	}

	/**
	 * Revokes the lease, also one that is on its way, and so deletes the key.
	 * @return completes when etcd has confirmed it, or at once if there is no lease
	 */
	CompletionStage<?> revoke() {
		CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
		CompletionStage<EtcdLease> granting = this.granting;
		if (granting == null) {
			revoke(true, result);
		}
		else {
			// a lease that is on its way is waited for, as long as its call may take
			granting.whenComplete((granted, error) -> revoke(true, result));
		}
		return result;
	}

	// takes the key along, also one that is still on its way: it finds no lease
	private void revoke(boolean again, CompletableFuture<@Nullable Void> result) {
		EtcdLease held = this.lease;
		if (held == null) {
			result.complete(null);
			return;
		}
		this.api.revoke(held.id()).whenComplete((ignored, error) -> this.loop.execute(() -> {
			if (error == null || error instanceof LeaseGoneException) {
				forget(held);
				result.complete(null);
			}
			else if (again) {
				this.loop.schedule(REVOKE_PAUSE, () -> revoke(false, result));
			}
			else {
				result.completeExceptionally(error);
			}
		}));
	}

}
