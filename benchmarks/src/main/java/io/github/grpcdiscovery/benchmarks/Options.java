package io.github.grpcdiscovery.benchmarks;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What to measure, and how thoroughly.
 *
 * @param quick few rounds: shows that everything works, its figures are rough
 * @param results folder that the reports are written to
 * @param kinds names of the measurements to make
 */
public record Options(boolean quick, Path results, Set<String> kinds) {

	/**
	 * Reads the command line.
	 * @param args {@code --quick}, {@code --results DIR} and names of measurements
	 * @param known the names there are
	 * @param byDefault the names that are meant when none is given
	 * @throws IllegalArgumentException naming the argument and what is expected
	 */
	static Options parse(String[] args, List<String> known, List<String> byDefault) {
		boolean quick = false;
		Path results = null;
		Set<String> kinds = new LinkedHashSet<>();
		for (int i = 0; i < args.length; i++) {
			if (args[i].equals("--quick")) {
				quick = true;
			}
			else if (args[i].equals("--results") && i + 1 < args.length) {
				results = Path.of(args[++i]);
			}
			else if (known.contains(args[i])) {
				kinds.add(args[i]);
			}
			else {
				throw new IllegalArgumentException(
						"argument: '%s' (expected: --quick, --results DIR, or any of %s)".formatted(args[i], known));
			}
		}
		if (results == null) {
			throw new IllegalArgumentException("--results is missing (expected: --results DIR)");
		}
		return new Options(quick, results, kinds.isEmpty() ? new LinkedHashSet<>(byDefault) : kinds);
	}

	/**
	 * One of two numbers.
	 * @param thorough what a run takes whose figures count
	 * @param rough what {@code --quick} takes
	 */
	public int choose(int thorough, int rough) {
		return this.quick ? rough : thorough;
	}

}
