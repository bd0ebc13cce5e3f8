package io.github.grpcdiscovery.faults;

import java.nio.file.Path;
import java.util.List;

/**
 * What became of one test, as {@code ProofRecorder} has written it.
 *
 * @param row the row that the test proves
 * @param test class and method, without the package
 * @param held whether it passed
 * @param millis how long it took
 * @param measured what it measured; may be empty
 * @param registries the real registries that it used, such as {@code etcd 3.7.3}
 */
record Proof(String row, String test, boolean held, long millis, String measured, List<String> registries) {

	private static final int FIELDS = 7;

	/**
	 * Reads all that the tests of a build have written.
	 * @param directory where to; one that is absent holds none
	 */
	static List<Proof> read(Path directory) {
		return TestLines.read(directory).stream().map(Proof::parse).toList();
	}

	static Proof parse(String line) {
		List<String> fields = TestLines.fields(line, FIELDS);
		List<String> registries = fields.get(6).isEmpty() ? List.of() : List.of(fields.get(6).split(", "));
		return new Proof(fields.get(0), fields.get(1) + "." + fields.get(2), fields.get(3).equals("held"),
				Long.parseLong(fields.get(4)), fields.get(5), registries);
	}

}
