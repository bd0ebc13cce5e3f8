package io.github.grpcdiscovery.testsupport.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lines about tests, for a directory: one file a test plan, and none if the directory has
 * no name.
 */
final class ResultLines {

	private final String directory;

	private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

	ResultLines(String directory) {
		this.directory = directory;
	}

	boolean areWanted() {
		return !this.directory.isBlank();
	}

	void add(String... fields) {
		this.lines
			.add(Stream.of(fields).map((field) -> field.replaceAll("\\s+", " ")).collect(Collectors.joining("\t")));
	}

	// a process of several test classes has a plan for each
	void write() {
		List<String> lines = new ArrayList<>();
		for (String line = this.lines.poll(); line != null; line = this.lines.poll()) {
			lines.add(line);
		}
		if (this.directory.isBlank() || lines.isEmpty()) {
			return;
		}
		try {
			Path folder = Files.createDirectories(Path.of(this.directory));
			Files.write(folder.resolve(ProcessHandle.current().pid() + "-" + System.nanoTime() + ".tsv"), lines);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
