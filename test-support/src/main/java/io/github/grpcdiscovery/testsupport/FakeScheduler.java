package io.github.grpcdiscovery.testsupport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A scheduler whose time stands still until the test forwards it. Every task runs in the
 * thread that calls {@link #advance} or {@link #runDue}, in the order of its due time
 * and, for equal times, of its submission; nothing runs by itself, not even what
 * {@code execute} is given.
 * <p>
 * The clock starts ten minutes before {@code nanoTime} overflows, so that code which
 * compares instants instead of subtracting them fails here and not once in 292 years.
 * What a task given to {@code execute} throws comes out of {@link #advance}; other tasks
 * keep it in their future.
 * <p>
 * Tasks may be submitted by any thread.
 */
public final class FakeScheduler extends AbstractExecutorService implements ScheduledExecutorService {

	private static final long START = Long.MAX_VALUE - Duration.ofMinutes(10).toNanos();

	// All below: guarded by this.
	private final PriorityQueue<FakeTask<?>> tasks = new PriorityQueue<>();

	private long now = START;

	private long sequence;

	private boolean shutdown;

	/**
	 * The present time of this scheduler.
	 * @return nanoseconds; like {@link System#nanoTime()}, only differences mean anything
	 */
	public synchronized long nanoTime() {
		return this.now;
	}

	/**
	 * Forwards the time and runs every task that falls due on the way, each with the
	 * clock at its own due time, including those that are submitted meanwhile.
	 * @param duration zero or more
	 * @return number of tasks run
	 */
	public int advance(Duration duration) {
		if (duration.isNegative()) {
			throw new IllegalArgumentException("duration: " + duration + " (expected: >= 0s)");
		}
		long until = nanoTime() + duration.toNanos();
		int count = 0;
		for (FakeTask<?> task = pollDue(until); task != null; task = pollDue(until)) {
			task.run();
			count++;
		}
		forwardTo(until);
		return count;
	}

	/**
	 * Runs what is due now, including what that submits to run at once.
	 * @return number of tasks run
	 */
	public int runDue() {
		return advance(Duration.ZERO);
	}

	private synchronized void forwardTo(long instant) {
		if (instant - this.now > 0) {
			this.now = instant;
		}
	}

	private synchronized @Nullable FakeTask<?> pollDue(long until) {
		FakeTask<?> next = this.tasks.peek();
		if (next == null || next.dueTime() - until > 0) {
			return null;
		}
		this.tasks.remove();
		forwardTo(next.dueTime());
		return next;
	}

	/**
	 * Counts the tasks that wait for their time; cancelled ones do not.
	 * @return number of tasks
	 */
	public synchronized int pendingTasks() {
		return this.tasks.size();
	}

	/**
	 * When the next task is due.
	 * @return time from now, zero if it is due; {@code null} if no task waits
	 */
	public synchronized @Nullable Duration nextDelay() {
		FakeTask<?> next = this.tasks.peek();
		return (next != null) ? Duration.ofNanos(Math.max(0, next.dueTime() - this.now)) : null;
	}

	@Override
	public void execute(Runnable command) {
		enqueue(new FakeTask<>(this, Executors.callable(command), 0, true), 0);
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
		return schedule(Executors.callable(command), delay, unit);
	}

	@Override
	public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
		return submit(new FakeTask<>(this, callable, 0, false), unit.toNanos(delay));
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
		return submit(new FakeTask<>(this, Executors.callable(command), positive(unit.toNanos(period)), false),
				unit.toNanos(initialDelay));
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
		return submit(new FakeTask<>(this, Executors.callable(command), -positive(unit.toNanos(delay)), false),
				unit.toNanos(initialDelay));
	}

	private static long positive(long period) {
		if (period <= 0) {
			throw new IllegalArgumentException("period: " + period + "ns (expected: > 0)");
		}
		return period;
	}

	private <V> FakeTask<V> submit(FakeTask<V> task, long delayNanos) {
		enqueue(task, delayNanos);
		return task;
	}

	private synchronized void enqueue(FakeTask<?> task, long delayNanos) {
		if (this.shutdown) {
			throw new RejectedExecutionException("The scheduler was shut down");
		}
		task.due(this.now + Math.max(0, delayNanos), this.sequence++);
		this.tasks.add(task);
	}

	/**
	 * Queues a periodic task again after it has run.
	 * @param task the task
	 * @param dueTime when it is to run
	 */
	synchronized void again(FakeTask<?> task, long dueTime) {
		if (this.shutdown) {
			task.cancel(false);
			return;
		}
		task.due(dueTime, this.sequence++);
		this.tasks.add(task);
	}

	synchronized void forget(FakeTask<?> task) {
		this.tasks.remove(task);
	}

	/**
	 * Accepts no more tasks and ends the periodic ones; others still run when their time
	 * comes.
	 */
	@Override
	public void shutdown() {
		List<FakeTask<?>> periodic;
		synchronized (this) {
			this.shutdown = true;
			periodic = this.tasks.stream().filter(FakeTask::isPeriodic).toList();
		}
		periodic.forEach((task) -> task.cancel(false));
	}

	@Override
	public synchronized List<Runnable> shutdownNow() {
		this.shutdown = true;
		List<Runnable> dropped = new ArrayList<>(this.tasks);
		this.tasks.clear();
		return dropped;
	}

	@Override
	public synchronized boolean isShutdown() {
		return this.shutdown;
	}

	@Override
	public synchronized boolean isTerminated() {
		return this.shutdown && this.tasks.isEmpty();
	}

	/** Never waits, since no time passes by itself. */
	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) {
		return isTerminated();
	}

}
