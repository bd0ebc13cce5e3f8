package io.github.grpcdiscovery.internal.util;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one after the other without a lock. The thread that finds it idle runs its
 * task at once, and those that other threads add meanwhile. Safe for use by any thread.
 */
public final class SerialTasks implements Executor {

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();

	/**
	 * Runs a task now, or after the one that runs now. Returns without waiting for
	 * another thread.
	 * @param task must not throw
	 */
	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		while (!this.tasks.isEmpty() && this.runner.compareAndSet(null, Thread.currentThread())) {
			try {
				runAll();
			}
			finally {
				this.runner.set(null);
			}
		}
	}

	private void runAll() {
		for (Runnable next = this.tasks.poll(); next != null; next = this.tasks.poll()) {
			next.run();
		}
	}

	/**
	 * Whether the caller is one of the tasks, which must not wait for another.
	 * @return {@code true} within a task
	 */
	public boolean inTask() {
		return this.runner.get() == Thread.currentThread();
	}

	/**
	 * Fails if the caller is none of the tasks.
	 * @throws IllegalStateException naming the thread
	 */
	public void requireInTask() {
		if (!inTask()) {
			throw new IllegalStateException("called by thread '%s' (expected: one of the serial tasks)"
				.formatted(Thread.currentThread().getName()));
		}
	}

}
