package io.github.grpcdiscovery.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What became of one test, as {@code ProofRecorder} has written it.
 *
 * @param row the row that the test proves
 * @param test class and method, without the package
 * @param held whether it passed
 * @param millis how long it took
 * @param measured what it measured; may be empty
 */
record Proof(String row, String test, boolean held, long millis, String measured) {

	private static final int FIELDS = 6;

	/**
	 * Reads all that the tests of a build have written.
	 * @param directory where to; one that is absent holds none
	 */
	static List<Proof> read(Path directory) {
		if (!Files.isDirectory(directory)) {
			return List.of();
		}
		List<Proof> proofs = new ArrayList<>();
		try (Stream<Path> files = Files.list(directory)) {
			for (Path file : files.filter((path) -> path.toString().endsWith(".tsv")).sorted().toList()) {
				Files.readAllLines(file).forEach((line) -> proofs.add(parse(line)));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return proofs;
	}

	static Proof parse(String line) {
		String[] fields = line.split("\t", -1);
		if (fields.length != FIELDS) {
			throw new IllegalStateException("proof: '" + line + "' (expected: " + FIELDS + " fields)");
		}
		return new Proof(fields[0], fields[1] + "." + fields[2], fields[3].equals("held"), Long.parseLong(fields[4]),
				fields[5]);
	}

}
