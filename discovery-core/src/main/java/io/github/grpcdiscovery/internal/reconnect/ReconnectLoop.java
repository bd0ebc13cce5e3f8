package io.github.grpcdiscovery.internal.reconnect;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Keeps one {@link Attempt} going: begins one, and when it is over waits and begins the
 * next, until closed. All methods are called on the event loop.
 */
public final class ReconnectLoop {

	private static final Logger logger = LoggerFactory.getLogger(ReconnectLoop.class);

	/** An attempt that was in contact for as long forgives the failures before it. */
	private static final Duration STABLE = Duration.ofSeconds(5);

	private final String name;

	private final EventLoop loop;

	private final Backoff backoff;

	private final Supplier<? extends Attempt> attempts;

	private final Listener listener;

	private final RunningAttempt.Owner owner = new Transitions();

	// all below: on the event loop only

	private State state = State.IDLE;

	private @Nullable RunningAttempt current;

	private long activeSince;

	private EventLoop.@Nullable Timer pending;

	private int failures;

	/**
	 * Creates a loop that has not begun.
	 * @param name what is being kept in contact, for the log
	 * @param loop where all of it runs
	 * @param backoff waits between attempts
	 * @param attempts a new attempt each time
	 * @param listener told of gained and lost contact
	 */
	public ReconnectLoop(String name, EventLoop loop, Backoff backoff, Supplier<? extends Attempt> attempts,
			Listener listener) {
		this.name = name;
		this.loop = loop;
		this.backoff = backoff;
		this.attempts = attempts;
		this.listener = listener;
	}

	/**
	 * Begins the first attempt. Only the first call has an effect.
	 */
	public void start() {
		this.loop.requireInLoop();
		if (this.state == State.IDLE) {
			connect();
		}
	}

	/**
	 * Ends the current attempt for good. Any number of times.
	 */
	public void close() {
		this.loop.requireInLoop();
		this.state = State.CLOSED;
		endCurrent();
	}

	/**
	 * Where the loop stands.
	 * @return the state
	 */
	public State state() {
		this.loop.requireInLoop();
		return this.state;
	}

	private void connect() {
		this.state = State.CONNECTING;
		RunningAttempt attempt = new RunningAttempt(this.name, this.loop, this.attempts, this.owner);
		this.current = attempt;
		attempt.begin();
	}

	private void endCurrent() {
		if (this.pending != null) {
			this.pending.cancel();
			this.pending = null;
		}
		RunningAttempt attempt = this.current;
		this.current = null;
		if (attempt != null) {
			attempt.end();
		}
	}

	private Duration delay(RegistryException cause) {
		double random = this.loop.random();
		return cause.isPermanent() ? FullJitter.permanentDelay(this.backoff, random)
				: FullJitter.delay(this.backoff, this.failures, random);
	}

	private void connectAfterWait() {
		this.pending = null;
		if (this.state == State.BACKING_OFF) {
			connect();
		}
	}

	@Override
	public String toString() {
		return "ReconnectLoop[" + this.name + ", " + this.state + "]";
	}

	/** Where a loop stands. */
	public enum State {

		/** Not begun. */
		IDLE,

		/** An attempt is under way. */
		CONNECTING,

		/** An attempt is in contact. */
		ACTIVE,

		/** The last attempt is over, the next is waited for. */
		BACKING_OFF,

		/** Over for good. */
		CLOSED

	}

	/** Told of gained and lost contact, on the event loop. */
	public interface Listener {

		/**
		 * The current attempt is in contact.
		 */
		void onActive();

		/**
		 * The current attempt is over, whether or not it had been in contact.
		 * @param cause why
		 */
		void onLost(RegistryException cause);

	}

	private final class Transitions implements RunningAttempt.Owner {

		@Override
		public boolean isCurrent(RunningAttempt attempt) {
			return ReconnectLoop.this.current == attempt;
		}

		@Override
		public void onActive(RunningAttempt attempt) {
			ReconnectLoop loop = ReconnectLoop.this;
			if (loop.state == State.CONNECTING) {
				loop.state = State.ACTIVE;
				loop.activeSince = loop.loop.nanoTime();
				loop.listener.onActive();
			}
		}

		@Override
		public void onFailed(RunningAttempt attempt, RegistryException cause) {
			ReconnectLoop loop = ReconnectLoop.this;
			boolean stable = loop.state == State.ACTIVE && loop.loop.since(loop.activeSince).compareTo(STABLE) >= 0;
			loop.failures = stable ? 1 : loop.failures + 1;
			Duration known = attempt.retryAfter(cause);
			endCurrent();
			loop.state = State.BACKING_OFF;
			Duration delay = (known != null) ? known : delay(cause);
			logger.debug("{}: attempt over, next in {}: {}", loop.name, Durations.rounded(delay), cause.getMessage());
			loop.pending = loop.loop.schedule(delay, ReconnectLoop.this::connectAfterWait);
			loop.listener.onLost(cause);
		}

	}

}
