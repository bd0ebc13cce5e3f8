package io.github.grpcdiscovery.testsupport;

import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * What has to be undone when the JVM ends although a test did not close it. The newest
 * goes first, so that a process dies before its directory is deleted.
 */
final class Cleanup {

	private static final ConcurrentLinkedDeque<Runnable> ACTIONS = new ConcurrentLinkedDeque<>();

	static {
		Runtime.getRuntime().addShutdownHook(new Thread(Cleanup::runAll, "test-support-cleanup"));
	}

	private Cleanup() {
	}

	/**
	 * Remembers the action for the end of the JVM.
	 * @param action must neither throw nor block
	 */
	static void add(Runnable action) {
		ACTIONS.addFirst(action);
	}

	/**
	 * Forgets the action, because the test has done it.
	 * @param action the very object that was added
	 */
	static void remove(Runnable action) {
		ACTIONS.removeIf((candidate) -> candidate == action);
	}

	private static void runAll() {
		for (Iterator<Runnable> actions = ACTIONS.iterator(); actions.hasNext();) {
			actions.next().run();
		}
	}

}
