package io.github.grpcdiscovery.testsupport;

import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One task of a {@link FakeScheduler}.
 *
 * @param <V> type of the result
 */
final class FakeTask<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {

	private final FakeScheduler scheduler;

	// Positive: fixed rate; negative: fixed delay; 0: once.
	private final long period;

	private final boolean failureComesOut;

	// Both guarded by the scheduler.
	private long dueTime;

	private long sequence;

	FakeTask(FakeScheduler scheduler, Callable<V> callable, long period, boolean failureComesOut) {
		super(callable);
		this.scheduler = scheduler;
		this.period = period;
		this.failureComesOut = failureComesOut;
	}

	void due(long dueTime, long sequence) {
		this.dueTime = dueTime;
		this.sequence = sequence;
	}

	long dueTime() {
		return this.dueTime;
	}

	@Override
	public void run() {
		if (!isPeriodic()) {
			super.run();
			if (this.failureComesOut && !isCancelled()) {
				throwFailure();
			}
		}
		else if (runAndReset()) {
			long next = (this.period > 0) ? this.dueTime + this.period : this.scheduler.nanoTime() - this.period;
			this.scheduler.again(this, next);
		}
	}

	private void throwFailure() {
		try {
			get();
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof Error error) {
				throw error;
			}
			if (ex.getCause() instanceof RuntimeException failure) {
				throw failure;
			}
			throw new IllegalStateException(ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		boolean cancelled = super.cancel(mayInterruptIfRunning);
		this.scheduler.forget(this);
		return cancelled;
	}

	@Override
	public boolean isPeriodic() {
		return this.period != 0;
	}

	@Override
	public long getDelay(TimeUnit unit) {
		return unit.convert(this.dueTime - this.scheduler.nanoTime(), TimeUnit.NANOSECONDS);
	}

	@Override
	public int compareTo(Delayed other) {
		FakeTask<?> task = (FakeTask<?>) other;
		int byTime = Long.signum(this.dueTime - task.dueTime);
		return (byTime != 0) ? byTime : Long.compare(this.sequence, task.sequence);
	}

}
