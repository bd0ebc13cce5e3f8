package io.github.grpcdiscovery.internal.retry;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * Starts the next attempt of a call after a pause, or sooner if the caller cancels the
 * call meanwhile. Thread-safe.
 */
final class DelayedStart {

	private final Context context = Context.current();

	private final @Nullable Executor executor;

	private final AtomicReference<@Nullable Runnable> start = new AtomicReference<>();

	/**
	 * Creates one that has nothing to start.
	 * @param executor of the call; {@code null} for the JDK's common pool
	 */
	DelayedStart(@Nullable Executor executor) {
		this.executor = executor;
	}

	/** What to start next; nothing runs yet. */
	void prepare(Runnable start) {
		this.start.set(start);
	}

	/**
	 * Starts what is prepared after a pause.
	 * @param nanos the pause; 0 to start it at once
	 */
	void runAfter(long nanos) {
		if (nanos == 0) {
			runNow();
			return;
		}
		Executor delayed = (this.executor != null)
				? CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, this.executor)
				: CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS);
		delayed.execute(this.context.wrap(this::runNow));
	}

	/** Starts what is prepared, unless it has been started. */
	void runNow() {
		Runnable start = this.start.getAndSet(null);
		if (start != null) {
			start.run();
		}
	}

}
