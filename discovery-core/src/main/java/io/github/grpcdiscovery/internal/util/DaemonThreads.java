package io.github.grpcdiscovery.internal.util;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that do not keep the JVM alive, with a name that says whose they are.
 */
public final class DaemonThreads {

	private DaemonThreads() {
	}

	/**
	 * For an executor of one thread, or of a few that nobody needs to tell apart.
	 * @param name name of each thread
	 * @return makes daemon threads
	 */
	public static ThreadFactory named(String name) {
		return (task) -> of(task, name);
	}

	/**
	 * For an executor of several threads.
	 * @param prefix beginning of each name; a number from 0 follows
	 * @return makes daemon threads
	 */
	public static ThreadFactory numbered(String prefix) {
		AtomicInteger count = new AtomicInteger();
		return (task) -> of(task, prefix + count.getAndIncrement());
	}

	/**
	 * One thread, which the caller starts.
	 * @param task what it runs
	 * @param name its name
	 * @return the thread
	 */
	public static Thread of(Runnable task, String name) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		return thread;
	}

}
