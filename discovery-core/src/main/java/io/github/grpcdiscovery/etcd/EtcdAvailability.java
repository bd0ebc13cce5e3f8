package io.github.grpcdiscovery.etcd;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Knows for how long nothing was heard of etcd, and so when a new connection is due:
 * gRPC's own pauses between connection attempts grow to two minutes, which is too long to
 * wait once etcd is back. On the event loop only.
 */
final class EtcdAvailability {

	private static final Duration FIRST = Duration.ofSeconds(10);

	private static final Duration FURTHER = Duration.ofSeconds(5);

	private final EventLoop loop;

	private @Nullable Long failingSince;

	private Duration warnAfter;

	EtcdAvailability(EventLoop loop) {
		this.loop = loop;
		this.warnAfter = loop.jittered(FIRST);
	}

	void succeeded() {
		if (this.failingSince != null) {
			this.failingSince = null;
			this.warnAfter = this.loop.jittered(FIRST);
		}
	}

	void failed() {
		if (this.failingSince == null) {
			this.failingSince = this.loop.nanoTime();
		}
	}

	/**
	 * Whether a new connection should be made. Once it said so it is patient again for a
	 * while.
	 * @return {@code true} if every call failed for long
	 */
	boolean isReconnectDue() {
		if (this.failingSince == null || this.loop.since(this.failingSince).compareTo(this.warnAfter) < 0) {
			return false;
		}
		this.failingSince = this.loop.nanoTime();
		this.warnAfter = this.loop.jittered(FURTHER);
		return true;
	}

}
