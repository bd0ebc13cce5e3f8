package io.github.grpcdiscovery.etcd;

import java.time.Duration;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Why there is no token, and for how long etcd is not asked again: after a refusal at
 * least {@link #FIRST_WAIT}, since each request costs etcd a bcrypt, and after a failure
 * a pause that grows. On the event loop only.
 */
final class TokenRefusal {

	/** After the first refusal: what was changed by mistake is soon put right. */
	private static final Duration FIRST_WAIT = Duration.ofSeconds(5);

	private static final Duration FURTHER_WAIT = Duration.ofSeconds(38);

	private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

	private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

	private final EventLoop loop;

	private @Nullable Status status;

	private long until;

	private int refusals;

	private int failures;

	TokenRefusal(EventLoop loop) {
		this.loop = loop;
	}

	/**
	 * Why etcd is not asked now.
	 * @return {@code null} if it may be
	 */
	@Nullable Status current() {
		return (this.status != null && this.loop.nanoTime() - this.until < 0) ? this.status : null;
	}

	/**
	 * etcd refused the user, or a new token.
	 * @param status what etcd said
	 * @return how long it is not asked again
	 */
	Duration refused(Status status) {
		this.refusals++;
		return begin(status, (this.refusals == 1) ? FIRST_WAIT : FURTHER_WAIT);
	}

	/**
	 * etcd did not respond.
	 * @param status why
	 * @return how long it is not asked again
	 */
	Duration failed(Status status) {
		int doublings = Math.min(this.failures++, 10);
		Duration pause = FIRST_PAUSE.multipliedBy(1L << doublings);
		return begin(status, (pause.compareTo(MAX_PAUSE) < 0) ? pause : MAX_PAUSE);
	}

	private Duration begin(Status status, Duration wait) {
		Duration jittered = this.loop.jittered(wait);
		this.status = status;
		this.until = this.loop.nanoTime() + jittered.toNanos();
		return jittered;
	}

	/** etcd gave a token, or said that it needs none. */
	void end() {
		this.status = null;
		this.failures = 0;
	}

	/** etcd took the token, so that the next refusal is the first. */
	void forgive() {
		this.refusals = 0;
	}

}
