package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Starts child processes that do not outlive this JVM, not even when it is killed: where
 * {@code setpriv} exists, the kernel kills the child with its parent.
 */
final class Processes {

	// The kernel sends the signal when the *thread* that started the child ends, so all
	// are started by one thread that
	// lives as long as the JVM (prctl(2), PR_SET_PDEATHSIG).
	private static final ExecutorService SPAWNER = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "test-support-spawner");
		thread.setDaemon(true);
		return thread;
	});

	private static final List<String> DIE_WITH_PARENT = List.of("setpriv", "--pdeathsig", "KILL");

	private static final boolean CAN_DIE_WITH_PARENT = canDieWithParent();

	private Processes() {
	}

	/**
	 * Prepares a command. Settings of the registries' own tools are not inherited, since
	 * they would change what a test sets up.
	 * @param command the program and its arguments
	 * @param environment added to our own
	 * @return to be completed and given to {@link #spawn}
	 */
	static ProcessBuilder builder(List<String> command, Map<String, String> environment) {
		List<String> whole = new ArrayList<>();
		if (CAN_DIE_WITH_PARENT) {
			whole.addAll(DIE_WITH_PARENT);
		}
		whole.addAll(command);
		ProcessBuilder builder = new ProcessBuilder(whole);
		builder.environment().keySet().removeIf(Processes::isSettingOfARegistry);
		builder.environment().putAll(environment);
		return builder;
	}

	private static boolean isSettingOfARegistry(String variable) {
		return (variable.startsWith("ETCD_") || variable.startsWith("ETCDCTL_") || variable.startsWith("CONSUL_"))
				&& !variable.endsWith("_BINARY") && !variable.equals("CONSUL_DEB");
	}

	/**
	 * Starts the process. Thread-safe.
	 * @param builder the complete description
	 * @return the running process
	 * @throws IllegalStateException when it cannot be started
	 */
	static Process spawn(ProcessBuilder builder) {
		try {
			return SPAWNER.submit(builder::start).get();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("Cannot start " + builder.command(), ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while starting " + builder.command(), ex);
		}
	}

	private static boolean canDieWithParent() {
		List<String> probe = new ArrayList<>(DIE_WITH_PARENT);
		probe.add("true");
		Process process = null;
		try {
			process = new ProcessBuilder(probe).redirectErrorStream(true).start();
			return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
		}
		catch (IOException ex) {
			return false; // Not Linux, or an old util-linux: the shutdown hook has to do.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		finally {
			if (process != null) {
				process.destroyForcibly();
			}
		}
	}

}
