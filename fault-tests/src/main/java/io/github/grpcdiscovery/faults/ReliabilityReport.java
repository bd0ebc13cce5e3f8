package io.github.grpcdiscovery.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.github.grpcdiscovery.faults.Catalogue.Row;

/**
 * Writes the tables of {@code docs/reliability.md}: every row of the catalogue, the tests
 * that prove it, what they measured in this build, and on which registries. The section
 * of {@link RegistryReport} stays as it is.
 */
public final class ReliabilityReport {

	private final Catalogue catalogue;

	private final Map<String, List<Proof>> proofs;

	ReliabilityReport(Catalogue catalogue, List<Proof> proofs) {
		this.catalogue = catalogue;
		this.proofs = proofs.stream().collect(Collectors.groupingBy(Proof::row, TreeMap::new, Collectors.toList()));
	}

	/**
	 * Writes the table.
	 * @param args the directory of the proofs, the file to write, and a sentence on the
	 * machine
	 * @throws IllegalStateException naming the rows that no test of this build proved
	 */
	public static void main(String[] args) throws IOException {
		ReliabilityReport report = new ReliabilityReport(Catalogue.load(), Proof.read(Path.of(args[0])));
		Set<String> open = report.open();
		if (!open.isEmpty()) {
			throw new IllegalStateException("no test of this build proved " + open
					+ " (expected: ./mvnw verify -Pfaults, " + "which runs them all, or a reason in catalogue.yaml)");
		}
		Path page = Path.of(args[1]);
		String registries = Files.exists(page) ? RegistryReport.SECTION.in(Files.readString(page)) : "";
		String text = report.markdown(args[2]);
		Files.writeString(page, registries.isEmpty() ? text : RegistryReport.SECTION.replaceIn(text, registries));
		System.out.println("Written: " + page);
	}

	/** Rows that are neither proved nor excused. */
	Set<String> open() {
		Set<String> open = new LinkedHashSet<>();
		for (Row row : this.catalogue.rows()) {
			if (row.untested() == null && !this.proofs.containsKey(row.name())) {
				open.add(row.name());
			}
		}
		return open;
	}

	String markdown(String machine) {
		StringBuilder text = new StringBuilder(
				"""
						# Reliability

						Every fault that this project must survive, with the result when `./mvnw verify -Pfaults` last wrote this page. Every
						row names the tests that prove it, on real servers and real processes where possible. *Held* means that all of them
						passed. %s

						## Faults

						"""
					.formatted(machine));
		table(text, "what happens", this.catalogue.faults());
		text.append("\n## Bad input\n\n");
		table(text, "what is given", this.catalogue.input());
		return text.toString();
	}

	private void table(StringBuilder text, String what, List<Row> rows) {
		line(text, "", what, "what is expected", "result", "tests");
		line(text, "---", "---", "---", "---", "---");
		for (Row row : rows) {
			List<Proof> proofs = this.proofs.getOrDefault(row.name(), List.of());
			line(text, row.name(), row.what(), row.expect(), result(row, proofs), tests(proofs));
		}
	}

	private static String result(Row row, List<Proof> proofs) {
		if (proofs.isEmpty()) {
			return "not shown: " + row.untested();
		}
		List<String> parts = new ArrayList<>();
		parts.add(proofs.stream().allMatch(Proof::held) ? "held" : "**broken**");
		proofs.stream().map(Proof::measured).filter((measured) -> !measured.isEmpty()).distinct().forEach(parts::add);
		String registries = proofs.stream()
			.flatMap((proof) -> proof.registries().stream())
			.distinct()
			.sorted(Comparator.reverseOrder())
			.collect(Collectors.joining(", "));
		if (!registries.isEmpty()) {
			parts.add("on " + registries);
		}
		return String.join("; ", parts);
	}

	private static String tests(Collection<Proof> proofs) {
		Map<String, Set<String>> methods = new TreeMap<>();
		proofs.forEach((proof) -> {
			int dot = proof.test().indexOf('.');
			methods.computeIfAbsent(proof.test().substring(dot + 1), (method) -> new TreeSet<>())
				.add(proof.test().substring(0, dot));
		});
		return methods.entrySet()
			.stream()
			.map((entry) -> "`" + entry.getKey() + "` (" + String.join(", ", entry.getValue()) + ")")
			.collect(Collectors.joining("<br>"));
	}

	private static void line(StringBuilder text, String... cells) {
		text.append("| ").append(String.join(" | ", cells)).append(" |\n");
	}

}
