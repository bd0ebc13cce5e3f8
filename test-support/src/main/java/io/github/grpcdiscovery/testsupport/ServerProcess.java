package io.github.grpcdiscovery.testsupport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A server that a test starts and ends again and again: its processes, one after another,
 * and its directory. The verbs are for one thread at a time.
 */
final class ServerProcess implements AutoCloseable {

	private static final Duration STOP_DEADLINE = Duration.ofMinutes(1);

	private final String name;

	private final TemporaryDirectory directory;

	private volatile @Nullable ManagedProcess process;

	ServerProcess(String name) {
		this.name = name;
		this.directory = TemporaryDirectory.create(name);
	}

	/**
	 * A file or directory of this server, deleted on close.
	 * @param file its name
	 * @return its path
	 */
	Path path(String file) {
		return this.directory.resolve(file);
	}

	/**
	 * Starts the process, unless it runs, and does not wait for it to be ready.
	 * @param command the program and its arguments
	 * @return the running process
	 */
	ManagedProcess launch(List<String> command) {
		ManagedProcess current = this.process;
		if (current != null && current.isAlive()) {
			return current;
		}
		ManagedProcessBuilder builder = ManagedProcess.command(this.name, command).log(path("server.log"));
		if (System.getProperty("os.arch").equals("aarch64")) {
			builder.environment("ETCD_UNSUPPORTED_ARCH", "arm64"); // else etcd 3.4
																	// refuses to run
																	// there
		}
		ManagedProcess launched = builder.start();
		this.process = launched;
		return launched;
	}

	void stop() {
		ManagedProcess current = this.process;
		if (current != null && current.isAlive()) {
			current.resume();
			current.terminate();
			current.waitForExit(STOP_DEADLINE);
		}
	}

	void kill() {
		ManagedProcess current = this.process;
		if (current != null) {
			current.kill();
		}
	}

	void pause() {
		running().pause();
	}

	void resume() {
		running().resume();
	}

	void waitForExit() {
		ManagedProcess current = this.process;
		if (current != null) {
			current.waitForExit(STOP_DEADLINE);
		}
	}

	private ManagedProcess running() {
		ManagedProcess current = this.process;
		if (current == null || !current.isAlive()) {
			throw new IllegalStateException(this.name + " does not run");
		}
		return current;
	}

	boolean isRunning() {
		ManagedProcess current = this.process;
		return current != null && current.isAlive();
	}

	String log() {
		ManagedProcess current = this.process;
		return (current != null) ? current.output() : "";
	}

	@Override
	public void close() {
		kill();
		this.directory.close();
	}

}
