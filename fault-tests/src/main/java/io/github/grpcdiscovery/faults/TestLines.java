package io.github.grpcdiscovery.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the recorders of {@code test-support} have written about tests, line by line. */
final class TestLines {

	private TestLines() {
	}

	/**
	 * Reads all that the tests of a build have written.
	 * @param directory where to; one that is absent holds nothing
	 */
	static List<String> read(Path directory) {
		if (!Files.isDirectory(directory)) {
			return List.of();
		}
		List<String> lines = new ArrayList<>();
		try (Stream<Path> files = Files.list(directory)) {
			for (Path file : files.filter((path) -> path.toString().endsWith(".tsv")).sorted().toList()) {
				lines.addAll(Files.readAllLines(file));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return lines;
	}

	/**
	 * Takes a line apart.
	 * @throws IllegalStateException if it has another number of fields
	 */
	static List<String> fields(String line, int number) {
		List<String> fields = List.of(line.split("\t", -1));
		if (fields.size() != number) {
			throw new IllegalStateException("line: '" + line + "' (expected: " + number + " fields)");
		}
		return fields;
	}

}
