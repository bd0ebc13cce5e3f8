package io.github.grpcdiscovery.internal.reconnect;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.AttemptContext;
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

	// all below: on the event loop only

	private State state = State.IDLE;

	private @Nullable Context current;

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
		Context context = new Context();
		this.current = context;
		context.begin();
	}

	private void endCurrent() {
		if (this.pending != null) {
			this.pending.cancel();
			this.pending = null;
		}
		Context context = this.current;
		this.current = null;
		if (context != null) {
			context.end();
		}
	}

	private void onActive(Context context) {
		if (this.state == State.CONNECTING) {
			this.state = State.ACTIVE;
			context.activeSince = this.loop.nanoTime();
			this.listener.onActive();
		}
	}

	private void onFailed(Context context, RegistryException cause) {
		boolean stable = this.state == State.ACTIVE && this.loop.since(context.activeSince).compareTo(STABLE) >= 0;
		this.failures = stable ? 1 : this.failures + 1;
		Duration known = context.retryAfter(cause);
		endCurrent();
		this.state = State.BACKING_OFF;
		Duration delay = (known != null) ? known : delay(cause);
		logger.debug("{}: attempt over, next in {}: {}", this.name, Durations.rounded(delay), cause.getMessage());
		this.pending = this.loop.schedule(delay, this::connectAfterWait);
		this.listener.onLost(cause);
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

	private final class Context implements AttemptContext {

		private final Set<OwnedTimer> timers = new HashSet<>();

		private @Nullable Attempt attempt;

		private long activeSince;

		void begin() {
			guarded(() -> {
				Attempt attempt = ReconnectLoop.this.attempts.get();
				this.attempt = attempt;
				attempt.begin(this);
			});
		}

		void end() {
			List.copyOf(this.timers).forEach(OwnedTimer::cancel);
			try {
				if (this.attempt != null) {
					this.attempt.end();
				}
			}
			catch (RuntimeException | LinkageError ex) {
				logger.warn("{}: an attempt could not be ended cleanly", ReconnectLoop.this.name, ex);
			}
		}

		@Nullable Duration retryAfter(RegistryException cause) {
			return (this.attempt != null) ? this.attempt.retryAfter(cause) : null;
		}

		private boolean isCurrent() {
			return ReconnectLoop.this.current == this;
		}

		private void guarded(Runnable task) {
			try {
				task.run();
			}
			catch (RegistryException ex) {
				fail(ex);
			}
			catch (RuntimeException | LinkageError ex) {
				logger.debug("{}: unexpected error", ReconnectLoop.this.name, ex);
				fail(new RegistryException(ReconnectLoop.this.name + ": unexpected error: " + ex, ex));
			}
		}

		private void fail(RegistryException cause) {
			if (isCurrent()) {
				onFailed(this, cause);
			}
		}

		@Override
		public void active() {
			execute(() -> onActive(this));
		}

		@Override
		public void failed(RegistryException cause) {
			execute(() -> fail(cause));
		}

		@Override
		public void execute(Runnable task) {
			loop().execute(() -> runIfCurrent(task));
		}

		private void runIfCurrent(Runnable task) {
			if (isCurrent()) {
				guarded(task);
			}
		}

		@Override
		public EventLoop.Timer schedule(Duration delay, Runnable task) {
			loop().requireInLoop();
			OwnedTimer timer = new OwnedTimer();
			timer.delegate = loop().schedule(delay, () -> {
				this.timers.remove(timer);
				runIfCurrent(task);
			});
			this.timers.add(timer);
			return timer;
		}

		@Override
		public <T> void await(CompletionStage<T> call, Consumer<? super T> next) {
			await(call, next, this::fail);
		}

		@Override
		public <T> void await(CompletionStage<T> call, Consumer<? super T> next, Consumer<RegistryException> failed) {
			call.whenComplete((result, error) -> execute(() -> {
				if (error == null) {
					next.accept(result);
				}
				else {
					failed.accept(asRegistryException(error));
				}
			}));
		}

		private RegistryException asRegistryException(Throwable error) {
			Throwable cause = (error instanceof CompletionException && error.getCause() != null) ? error.getCause()
					: error;
			if (cause instanceof RegistryException exception) {
				return exception;
			}
			return new RegistryException(ReconnectLoop.this.name + ": unexpected error: " + cause, cause);
		}

		@Override
		public EventLoop loop() {
			return ReconnectLoop.this.loop;
		}

		private final class OwnedTimer implements EventLoop.Timer {

			private EventLoop.@Nullable Timer delegate;

			@Override
			public void cancel() {
				Context.this.timers.remove(this);
				if (this.delegate != null) {
					this.delegate.cancel();
				}
			}

		}

	}

}
