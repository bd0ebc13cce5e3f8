package io.github.grpcdiscovery.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one measurement found. For one thread.
 */
public final class Report {

	private final String kind;

	private final String title;

	private final List<String> header;

	private final List<List<String>> rows = new ArrayList<>();

	private final List<Limit> limits = new ArrayList<>();

	private final List<String> notes = new ArrayList<>();

	private final Map<String, Double> figures = new LinkedHashMap<>();

	/**
	 * Begins a report.
	 * @param kind name of the measurement, as on the command line
	 * @param title what it measures
	 * @param header the table's first line
	 */
	public Report(String kind, String title, String... header) {
		this.kind = kind;
		this.title = title;
		this.header = List.of(header);
	}

	/**
	 * Adds a line to the table.
	 * @param cells as many as the header has
	 */
	public void row(String... cells) {
		this.rows.add(List.of(cells));
	}

	/**
	 * Adds a figure for machines.
	 * @param name with its unit, such as {@code discoveredP50Millis}
	 * @param value the figure
	 */
	public void figure(String name, double value) {
		this.figures.put(name, value);
	}

	/**
	 * Adds a promise, kept or not.
	 */
	public void limit(Limit limit) {
		this.limits.add(limit);
	}

	/**
	 * Adds a sentence that a reader of the table must know.
	 */
	public void note(String sentence) {
		this.notes.add(sentence);
	}

	String kind() {
		return this.kind;
	}

	String title() {
		return this.title;
	}

	List<String> header() {
		return this.header;
	}

	List<List<String>> rows() {
		return this.rows;
	}

	List<Limit> limits() {
		return this.limits;
	}

	List<String> notes() {
		return this.notes;
	}

	Map<String, Double> figures() {
		return this.figures;
	}

}
