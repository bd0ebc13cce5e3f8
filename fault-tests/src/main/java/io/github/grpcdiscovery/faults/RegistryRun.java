package io.github.grpcdiscovery.faults;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What became of one test on one registry, as {@code RegistryRunRecorder} has written it.
 *
 * @param registry such as {@code consul-1.14.11-without-streaming}
 * @param type the test's class, without the package
 * @param test the test in it
 * @param outcome what became of it
 * @param millis how long it took
 */
record RegistryRun(String registry, String type, String test, Outcome outcome, long millis) {

	private static final int FIELDS = 5;

	/**
	 * Reads all that the tests of a build have written.
	 * @param directory where to; one that is absent holds none
	 */
	static List<RegistryRun> read(Path directory) {
		return TestLines.read(directory).stream().map(RegistryRun::parse).toList();
	}

	static RegistryRun parse(String line) {
		List<String> fields = TestLines.fields(line, FIELDS);
		return new RegistryRun(fields.get(0), fields.get(1), fields.get(2),
				Outcome.valueOf(fields.get(3).toUpperCase(Locale.ROOT)), Long.parseLong(fields.get(4)));
	}

	Kind kind() {
		return Kind.of(this.type);
	}

	enum Outcome {

		PASSED, FAILED, SKIPPED

	}

	/** What a test is about, by the name of its class. */
	enum Kind {

		CONTRACT(".*ContractTests"),

		APPLICATION(".*Application(Tests|sIT)"),

		SECURITY(".*(Security|Auth.*|Acl|Tls|Permissions?)Tests|SecretsIT"),

		/** Everything else on real servers. */
		FAULTS(".*");

		private final String types;

		Kind(String types) {
			this.types = types;
		}

		static Kind of(String type) {
			for (Kind kind : values()) {
				if (type.matches(kind.types)) {
					return kind;
				}
			}
			return FAULTS;
		}

	}

}
