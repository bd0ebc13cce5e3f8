package io.github.grpcdiscovery.testsupport;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A child process and what a test may do to it. Its output, both streams, goes to a file.
 * It dies with this JVM. Thread-safe.
 */
public final class ManagedProcess implements AutoCloseable {

	private static final int TAIL_LINES = 30;

	private static final Duration START = Duration.ofMinutes(3);

	private final String name;

	private final Process process;

	private final Path log;

	private final long logOffset;

	private final Runnable onClose;

	private final Runnable cleanup;

	ManagedProcess(String name, Process process, Path log, long logOffset, Runnable onClose) {
		this.name = name;
		this.process = process;
		this.log = log;
		this.logOffset = logOffset;
		this.onClose = onClose;
		this.cleanup = process::destroyForcibly;
		Cleanup.add(this.cleanup);
	}

	/**
	 * Begins the description of a process.
	 * @param name what error messages call it
	 * @param command the program and its arguments
	 * @return the description
	 */
	public static ManagedProcessBuilder command(String name, List<String> command) {
		return new ManagedProcessBuilder(name, command);
	}

	/**
	 * Begins the description of a process.
	 * @param name what error messages call it
	 * @param command the program and its arguments
	 * @return the description
	 */
	public static ManagedProcessBuilder command(String name, String... command) {
		return new ManagedProcessBuilder(name, List.of(command));
	}

	/**
	 * Begins the description of a JVM of its own, on this one's class path.
	 * @param name what error messages call it
	 * @param options of the JVM, such as {@code -Xmx96m}
	 * @param main the class to run
	 * @param arguments of its main method
	 * @return the description
	 */
	public static ManagedProcessBuilder java(String name, List<String> options, Class<?> main, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		command.add("-cp");
		command.add(classPath());
		command.add(main.getName());
		command.addAll(List.of(arguments));
		return command(name, command);
	}

	// of the tests of a module, Surefire's own jar names it in a manifest
	private static String classPath() {
		return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
			.replace(File.pathSeparator + File.pathSeparator, File.pathSeparator);
	}

	/** Ends it at once, as {@code kill -9} does, and waits until it is gone. */
	public void kill() {
		this.process.destroyForcibly();
		waitForExit(Duration.ofMinutes(1));
	}

	/**
	 * Asks it to end (SIGTERM) and returns at once; see {@link #waitForExit}. A paused
	 * process hears it later.
	 */
	public void terminate() {
		this.process.destroy();
	}

	/** Stops it from running (SIGSTOP): its sockets stay open and nothing answers. */
	public void pause() {
		Signals.pause(this.process.pid());
	}

	/** Lets a paused process run on (SIGCONT). */
	public void resume() {
		Signals.resume(this.process.pid());
	}

	/**
	 * Waits until it has ended.
	 * @param atMost deadline, scaled
	 * @return the exit code; 128 plus the signal's number if a signal ended it
	 * @throws IllegalStateException if it still runs at the deadline
	 */
	public int waitForExit(Duration atMost) {
		try {
			if (!this.process.waitFor(Conditions.scaled(atMost).toMillis(), TimeUnit.MILLISECONDS)) {
				throw failure("did not end within " + atMost, null);
			}
			Cleanup.remove(this.cleanup);
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw failure("was still running when the test was interrupted", ex);
		}
	}

	/**
	 * Waits until something accepts connections on the port.
	 * @param port port on the loopback address
	 */
	public void waitForPort(int port) {
		waitUntil("listens on port " + port, () -> {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
				return true;
			}
			catch (IOException ex) {
				return false;
			}
		});
	}

	/**
	 * Waits until it has printed the text.
	 * @param text any part of the output since it was started
	 */
	public void waitForLine(String text) {
		waitUntil("prints '" + text + "'", () -> output().contains(text));
	}

	/**
	 * Waits, three minutes (scaled) at most, and not after it has ended: on a busy
	 * machine it takes its time to start.
	 * @param what continues the sentence "this process .."
	 * @param condition called again and again
	 * @throws IllegalStateException with the end of the output, if the process ends or
	 * the time is over
	 */
	public void waitUntil(String what, Callable<Boolean> condition) {
		try {
			Conditions.await(START).until(() -> {
				if (!isAlive()) {
					throw failure("ended with " + this.process.exitValue() + " before it " + what, null);
				}
				return condition.call();
			});
		}
		catch (ConditionTimeoutException ex) {
			throw failure("still runs, but there is no sign that it " + what, ex);
		}
	}

	public long pid() {
		return this.process.pid();
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * The file that the output goes to. Several processes may follow one another in it.
	 * @return path of the file
	 */
	public Path log() {
		return this.log;
	}

	/**
	 * What it has printed so far, both streams.
	 * @return the text, not including that of an earlier process in the same file
	 */
	public String output() {
		try {
			byte[] bytes = Files.readAllBytes(this.log);
			int offset = (int) Math.min(this.logOffset, bytes.length);
			return new String(bytes, offset, bytes.length - offset, StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The end of what it has printed.
	 * @return the last lines
	 */
	public String tail() {
		String[] lines = output().split("\n");
		return String.join("\n", Arrays.asList(lines).subList(Math.max(0, lines.length - TAIL_LINES), lines.length));
	}

	/** Kills it, unless it has ended. Idempotent. */
	@Override
	public void close() {
		kill();
		this.onClose.run();
	}

	private IllegalStateException failure(String what, @Nullable Throwable cause) {
		return new IllegalStateException(this.name + " " + what + ". Its output ends with:\n" + tail(), cause);
	}

	@Override
	public String toString() {
		return this.name + " (pid " + this.process.pid() + (isAlive() ? ")" : ", ended)");
	}

}
