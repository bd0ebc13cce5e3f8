package io.github.grpcdiscovery.spi;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.internal.util.DaemonThreads;

/**
 * The one thread that a registry's state is confined to, with its clock and its dice.
 * Tasks run one after the other in the order given; a task that throws is logged and
 * harms no other. Nothing that blocks on a network may run here.
 */
public final class EventLoop implements Executor, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(EventLoop.class);

	private static final Duration JOIN = Duration.ofSeconds(2);

	private final ScheduledExecutorService executor;

	private final LongSupplier nanoTime;

	private final DoubleSupplier random;

	private volatile @Nullable Thread runner;

	/**
	 * An event loop on an executor of the caller's, for tests that forward the time.
	 * @param executor runs one task at a time; shut down by {@link #close()}
	 * @param nanoTime monotonic clock in nanoseconds
	 * @param random source of numbers from 0 (inclusive) to 1 (exclusive)
	 */
	public EventLoop(ScheduledExecutorService executor, LongSupplier nanoTime, DoubleSupplier random) {
		this.executor = executor;
		this.nanoTime = nanoTime;
		this.random = random;
	}

	/**
	 * Starts an event loop on a daemon thread of its own.
	 * @param name the thread's name
	 * @return the running event loop
	 */
	public static EventLoop start(String name) {
		ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, DaemonThreads.named(name));
		executor.setRemoveOnCancelPolicy(true);
		executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		return new EventLoop(executor, System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
	}

	/**
	 * Runs a task on the loop's thread, after all that were given before. Does nothing
	 * once the loop is closed. Any thread.
	 */
	@Override
	public void execute(Runnable task) {
		if (!offer(task)) {
			logger.debug("Dropped a task of a closed event loop");
		}
	}

	/**
	 * Runs a task as {@link #execute} does, if the loop is not closed. Any thread.
	 * @param task what to run
	 * @return {@code false} if the loop is closed, so that the task will never run
	 */
	public boolean offer(Runnable task) {
		try {
			this.executor.execute(() -> run(task));
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	/**
	 * Runs a task on the loop's thread after a delay. Any thread.
	 * @param delay how long to wait at least
	 * @param task what to run
	 * @return cancels the task if it has not begun
	 */
	public Timer schedule(Duration delay, Runnable task) {
		try {
			Future<?> future = this.executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
			return () -> future.cancel(false);
		}
		catch (RejectedExecutionException ex) {
			return () -> {
			};
		}
	}

	private void run(Runnable task) {
		this.runner = Thread.currentThread();
		try {
			task.run();
		}
		catch (Throwable ex) {
			logger.error("A task of the event loop failed; the others go on", ex);
		}
		finally {
			this.runner = null;
		}
	}

	/**
	 * Whether the caller is a task of this loop, which must not wait for another.
	 * @return {@code true} on the loop's thread
	 */
	public boolean inLoop() {
		return this.runner == Thread.currentThread();
	}

	/**
	 * Fails if the caller is not on the loop's thread.
	 * @throws IllegalStateException naming the thread
	 */
	public void requireInLoop() {
		if (!inLoop()) {
			throw new IllegalStateException(
					"called by thread '%s' (expected: the event loop's)".formatted(Thread.currentThread().getName()));
		}
	}

	/**
	 * The loop's monotonic clock, for deadlines. Any thread.
	 * @return nanoseconds since an arbitrary moment
	 */
	public long nanoTime() {
		return this.nanoTime.getAsLong();
	}

	/**
	 * How long ago something was. Any thread.
	 * @param nanoTime an earlier {@link #nanoTime()}
	 * @return the time since then
	 */
	public Duration since(long nanoTime) {
		return Duration.ofNanos(nanoTime() - nanoTime);
	}

	/**
	 * A random number. Any thread.
	 * @return 0 (inclusive) to 1 (exclusive)
	 */
	public double random() {
		return this.random.getAsDouble();
	}

	/**
	 * A period made a little shorter or longer, so that a fleet does not act in step. Any
	 * thread.
	 * @param period the mean
	 * @return the period and at most a fifth more or less
	 */
	public Duration jittered(Duration period) {
		return Duration.ofNanos((long) (period.toNanos() * (0.8 + 0.4 * random())));
	}

	/**
	 * Drops what is scheduled for later, lets the tasks end that were given before, and
	 * waits for them, at most two seconds. Any thread, any number of times.
	 */
	@Override
	public void close() {
		this.executor.shutdown();
		if (inLoop()) {
			return;
		}
		try {
			if (!this.executor.awaitTermination(JOIN.toMillis(), TimeUnit.MILLISECONDS)) {
				this.executor.shutdownNow();
			}
		}
		catch (InterruptedException ex) {
			this.executor.shutdownNow();
			Thread.currentThread().interrupt();
		}
	}

	/** A task that waits for its time. */
	@FunctionalInterface
	public interface Timer {

		/**
		 * Forgets the task if it has not begun. Any thread, any number of times.
		 */
		void cancel();

	}

}
