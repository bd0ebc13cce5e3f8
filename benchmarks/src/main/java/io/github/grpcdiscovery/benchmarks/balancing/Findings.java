package io.github.grpcdiscovery.benchmarks.balancing;

import java.util.Locale;

import io.github.grpcdiscovery.benchmarks.Limit;
import io.github.grpcdiscovery.benchmarks.Report;

/**
 * What the scenarios found, as a report.
 */
final class Findings {

	private final Report report;

	Findings(String policy) {
		this.report = new Report("balancing", "How the calls are shared out, by `" + policy + "` and by `round_robin`",
				"what happens", "what is measured", policy, Scenario.ROUND_ROBIN);
	}

	/**
	 * Adds a figure of both.
	 * @param scenario what happens
	 * @param what the figure
	 * @param unit unit of both
	 * @param ours the policy's
	 * @param theirs grpc-java's
	 */
	Findings row(String scenario, String what, String unit, double ours, double theirs) {
		this.report.row(scenario, what, show(ours, unit), show(theirs, unit));
		String name = (scenario + " " + what + " " + unit).replaceAll("[^A-Za-z0-9]+", "_");
		this.report.figure(name + "_policy", ours);
		this.report.figure(name + "_round_robin", theirs);
		System.out.printf(Locale.ROOT, "%s: %s: %s, round_robin %s%n", scenario, what, show(ours, unit),
				show(theirs, unit));
		return this;
	}

	/** Adds a promise. */
	Findings limit(String what, double measured, double limit, String unit) {
		this.report.limit(new Limit("balancing: " + what, measured, limit, unit));
		return this;
	}

	/** Adds a sentence. */
	void note(String sentence) {
		this.report.note(sentence);
	}

	Report report() {
		return this.report;
	}

	private static String show(double value, String unit) {
		String number = Double.isNaN(value) ? "never" : String.format(Locale.ROOT, "%.3f", value);
		return (unit.isEmpty() || Double.isNaN(value)) ? number : number + " " + unit;
	}

}
