package io.github.grpcdiscovery.benchmarks;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * Writes reports as Markdown for people and as JSON for machines.
 */
final class ReportWriter {

	private final Path folder;

	private final Map<String, String> machine;

	ReportWriter(Path folder, Map<String, String> machine) {
		this.folder = folder;
		this.machine = machine;
	}

	void write(Report report) throws IOException {
		Files.createDirectories(this.folder);
		Files.writeString(this.folder.resolve(report.kind() + ".md"), markdown(report) + "\n" + machineTable());
		try (Writer writer = Files.newBufferedWriter(this.folder.resolve(report.kind() + ".json"))) {
			json(report, writer);
		}
	}

	void writeSummary(List<Report> reports) throws IOException {
		StringBuilder text = new StringBuilder("# Measured\n\n");
		text.append(limits(reports)).append('\n');
		reports.forEach((report) -> text.append(markdown(report)).append('\n'));
		Files.writeString(this.folder.resolve("summary.md"), text.append(machineTable()).toString());
	}

	/** The promises of all reports in one table. */
	static String limits(List<Report> reports) {
		StringBuilder text = new StringBuilder();
		line(text, List.of("promise", "measured", "limit", "kept"));
		rule(text, 4);
		for (Report report : reports) {
			for (Limit limit : report.limits()) {
				line(text, List.of(limit.what(), figure(limit.measured(), limit.unit()),
						figure(limit.limit(), limit.unit()), limit.met() ? "yes" : "**no**"));
			}
		}
		return text.toString();
	}

	static String markdown(Report report) {
		StringBuilder text = new StringBuilder("## " + report.title() + "\n\n");
		line(text, report.header());
		rule(text, report.header().size());
		report.rows().forEach((row) -> line(text, row));
		text.append('\n');
		report.notes().forEach((note) -> text.append("- ").append(note).append('\n'));
		return text.toString();
	}

	private String machineTable() {
		StringBuilder text = new StringBuilder("## The machine\n\n");
		line(text, List.of("what", "value"));
		rule(text, 2);
		this.machine.forEach((what, value) -> line(text, List.of(what, value)));
		return text.toString();
	}

	private static void line(StringBuilder text, List<String> cells) {
		text.append("| ").append(String.join(" | ", cells)).append(" |\n");
	}

	private static void rule(StringBuilder text, int columns) {
		line(text, Collections.nCopies(columns, "---"));
	}

	private static String figure(double value, String unit) {
		return String.format(Locale.ROOT, "%.3f", value) + (unit.isEmpty() ? "" : " " + unit);
	}

	private void json(Report report, Writer writer) {
		JsonFactory factory = new JsonFactory();
		ObjectWriteContext context = new ObjectWriteContext.Base() {

			@Override
			public tools.jackson.core.PrettyPrinter getPrettyPrinter() {
				return new DefaultPrettyPrinter();
			}

		};
		try (JsonGenerator json = factory.createGenerator(context, writer)) {
			json.writeStartObject();
			json.writeStringProperty("kind", report.kind());
			json.writeStringProperty("title", report.title());
			json.writeObjectPropertyStart("machine");
			this.machine.forEach(json::writeStringProperty);
			json.writeEndObject();
			json.writeObjectPropertyStart("figures");
			report.figures().forEach(json::writeNumberProperty);
			json.writeEndObject();
			json.writeArrayPropertyStart("limits");
			for (Limit limit : report.limits()) {
				json.writeStartObject();
				json.writeStringProperty("what", limit.what());
				json.writeNumberProperty("measured", limit.measured());
				json.writeNumberProperty("limit", limit.limit());
				json.writeStringProperty("unit", limit.unit());
				json.writeBooleanProperty("met", limit.met());
				json.writeEndObject();
			}
			json.writeEndArray();
			json.writeEndObject();
		}
	}

}
