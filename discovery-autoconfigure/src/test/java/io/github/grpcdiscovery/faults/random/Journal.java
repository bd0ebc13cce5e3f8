package io.github.grpcdiscovery.faults.random;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What happened and when, in a file below {@code target} and, the last of it, in
 * messages. Thread-safe.
 */
final class Journal {

	private static final int TAIL = 40;

	private final long began = System.nanoTime();

	private final Path file;

	private final Deque<String> tail = new ArrayDeque<>();

	/**
	 * Begins a file.
	 * @param name the file's, without extension
	 */
	Journal(String name) {
		try {
			this.file = Files.createDirectories(Path.of("target", "random-faults")).resolve(name + ".log");
			Files.deleteIfExists(this.file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	synchronized void note(String what) {
		String line = "%s %+9.3f s  %s".formatted(LocalTime.now().truncatedTo(ChronoUnit.MILLIS),
				elapsed().toMillis() / 1000.0, what);
		this.tail.add(line);
		if (this.tail.size() > TAIL) {
			this.tail.remove();
		}
		write(this.file, line + "\n");
	}

	/**
	 * Keeps the output of a process beside it.
	 * @param name of the process
	 * @param output all of it
	 */
	void keep(String name, String output) {
		write(sibling(name + ".txt"), output);
	}

	/**
	 * A file beside it.
	 * @param name the end of its name
	 */
	Path sibling(String name) {
		return this.file.resolveSibling(this.file.getFileName() + "." + name);
	}

	private static void write(Path file, String text) {
		try {
			Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Duration elapsed() {
		return Duration.ofNanos(System.nanoTime() - this.began);
	}

	/** The last lines. */
	synchronized String tail() {
		return String.join("\n", this.tail) + "\n(all of it: " + this.file.toAbsolutePath() + ")";
	}

}
