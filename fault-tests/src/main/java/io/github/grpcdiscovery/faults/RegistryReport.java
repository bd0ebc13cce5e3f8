package io.github.grpcdiscovery.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.github.grpcdiscovery.faults.RegistryRun.Kind;
import io.github.grpcdiscovery.faults.RegistryRun.Outcome;

/**
 * Writes the section of {@code docs/reliability.md} that says what became of the tests on
 * each version of each registry. The row of a registry that did not run stays as it is.
 */
public final class RegistryReport {

	static final Section SECTION = new Section("Registries");

	private static final String INTRODUCTION = """
			The tests on real servers when `./mvnw verify -Pregistries` last ran them on each version: how many passed, and how
			many failed or were skipped, if any. Tests that take minutes are included if it ran as `-Pregistries,faults`. A test
			that needs a feature which the version lacks is skipped. *Seconds* are those of all tests; two processes share them.

			""";

	// the registry's name is the first cell
	private final Map<String, String> rows = new TreeMap<>(
			Comparator.comparing((String name) -> name.startsWith("Consul"))
				.thenComparing((name) -> Runtime.Version.parse(name.split(" ")[1]))
				.thenComparing(Comparator.naturalOrder()));

	RegistryReport(String section) {
		section.lines()
			.filter((line) -> line.startsWith("| etcd ") || line.startsWith("| Consul "))
			.forEach((line) -> this.rows.put(line.split(" *\\| *")[1], line));
	}

	/**
	 * Writes the section.
	 * @param args the directory of the results, and the page to write
	 * @throws IllegalStateException naming the tests that failed
	 */
	public static void main(String[] args) throws IOException {
		List<RegistryRun> runs = RegistryRun.read(Path.of(args[0]));
		if (runs.isEmpty()) {
			throw new IllegalStateException("no test ran on any registry (expected: ./mvnw verify -Pregistries, and in "
					+ "-Dregistries names that pom.xml knows, such as etcd-3.5.35)");
		}
		Path page = Path.of(args[1]);
		String text = Files.exists(page) ? Files.readString(page) : "# Reliability\n";
		RegistryReport report = new RegistryReport(SECTION.in(text));
		report.add(runs, LocalDate.now(ZoneOffset.UTC));
		Files.writeString(page, SECTION.replaceIn(text, report.markdown()));
		System.out.println("Written: " + page + "\n" + report.markdown());
		List<String> failed = failed(runs);
		if (!failed.isEmpty()) {
			throw new IllegalStateException("tests failed: " + String.join(", ", failed));
		}
	}

	void add(List<RegistryRun> runs, LocalDate when) {
		runs.stream().collect(Collectors.groupingBy(RegistryRun::registry)).forEach((registry, ofRegistry) -> {
			String name = title(registry);
			List<String> cells = new ArrayList<>(List.of(name));
			for (Kind kind : Kind.values()) {
				cells.add(counts(ofRegistry.stream().filter((run) -> run.kind() == kind).toList()));
			}
			cells.add(when.toString());
			cells.add(String.valueOf(ofRegistry.stream().mapToLong(RegistryRun::millis).sum() / 1000));
			this.rows.put(name, line(cells));
		});
	}

	private static String title(String registry) {
		return registry.replace("consul", "Consul").replace('-', ' ');
	}

	private static String counts(Collection<RegistryRun> runs) {
		Map<Outcome, Long> counts = runs.stream()
			.collect(Collectors.groupingBy(RegistryRun::outcome, Collectors.counting()));
		String text = String.valueOf(counts.getOrDefault(Outcome.PASSED, 0L));
		if (counts.containsKey(Outcome.FAILED)) {
			text += ", **" + counts.get(Outcome.FAILED) + " failed**";
		}
		if (counts.containsKey(Outcome.SKIPPED)) {
			text += ", " + counts.get(Outcome.SKIPPED) + " skipped";
		}
		return text;
	}

	static List<String> failed(List<RegistryRun> runs) {
		return runs.stream()
			.filter((run) -> run.outcome() == Outcome.FAILED)
			.map((run) -> run.type() + "." + run.test() + " on " + title(run.registry()))
			.sorted()
			.toList();
	}

	String markdown() {
		List<String> lines = new ArrayList<>();
		lines.add(line(List.of("", "contract", "application", "security", "faults and the rest", "when", "seconds")));
		lines.add(line(List.of("---", "---", "---", "---", "---", "---", "---")));
		lines.addAll(this.rows.values());
		return INTRODUCTION + String.join("\n", lines);
	}

	private static String line(List<String> cells) {
		return "| " + String.join(" | ", cells) + " |";
	}

}
