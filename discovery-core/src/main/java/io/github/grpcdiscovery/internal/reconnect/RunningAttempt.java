package io.github.grpcdiscovery.internal.reconnect;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.util.Failures;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * One {@link Attempt} and its context: what it schedules ends with it, what it throws
 * fails it, and what comes late is dropped. On the event loop.
 */
final class RunningAttempt implements AttemptContext {

	private static final Logger logger = LoggerFactory.getLogger(RunningAttempt.class);

	private final String name;

	private final EventLoop loop;

	private final Supplier<? extends Attempt> attempts;

	private final Owner owner;

	private final Set<OwnedTimer> timers = new HashSet<>();

	private @Nullable Attempt attempt;

	RunningAttempt(String name, EventLoop loop, Supplier<? extends Attempt> attempts, Owner owner) {
		this.name = name;
		this.loop = loop;
		this.attempts = attempts;
		this.owner = owner;
	}

	void begin() {
		guarded(() -> {
			Attempt attempt = this.attempts.get();
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
			logger.warn("{}: an attempt could not be ended cleanly", this.name, ex);
		}
	}

	@Nullable Duration retryAfter(RegistryException cause) {
		return (this.attempt != null) ? this.attempt.retryAfter(cause) : null;
	}

	private void guarded(Runnable task) {
		try {
			task.run();
		}
		catch (RegistryException ex) {
			fail(ex);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("{}: unexpected error", this.name, ex);
			fail(new RegistryException(this.name + ": unexpected error: " + ex, ex));
		}
	}

	private void fail(RegistryException cause) {
		if (this.owner.isCurrent(this)) {
			this.owner.onFailed(this, cause);
		}
	}

	@Override
	public void active() {
		execute(() -> this.owner.onActive(this));
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
		if (this.owner.isCurrent(this)) {
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
		Throwable cause = Failures.unwrap(error);
		if (cause instanceof RegistryException exception) {
			return exception;
		}
		return new RegistryException(this.name + ": unexpected error: " + cause, cause);
	}

	@Override
	public EventLoop loop() {
		return this.loop;
	}

	private final class OwnedTimer implements EventLoop.Timer {

		private EventLoop.@Nullable Timer delegate;

		@Override
		public void cancel() {
			RunningAttempt.this.timers.remove(this);
			if (this.delegate != null) {
				this.delegate.cancel();
			}
		}

	}

	/** Who began the attempt. On the event loop. */
	interface Owner {

		boolean isCurrent(RunningAttempt attempt);

		void onActive(RunningAttempt attempt);

		void onFailed(RunningAttempt attempt, RegistryException cause);

	}

}
