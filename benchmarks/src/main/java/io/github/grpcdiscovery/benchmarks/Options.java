package io.github.grpcdiscovery.benchmarks;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What to measure, and how thoroughly.
 *
 * @param quick few rounds: shows that everything works, its figures are rough
 * @param results folder that the reports are written to
 * @param kinds names of the measurements to make
 * @param details what a measurement may be told besides: {@code only} and {@code policy}
 */
public record Options(boolean quick, Path results, Set<String> kinds, Map<String, String> details) {

	private static final Set<String> DETAILS = Set.of("only", "policy");

	/**
	 * Reads the command line.
	 * @param args {@code --quick}, {@code --results DIR}, {@code --only=NAMES},
	 * {@code --policy=NAME} and names of measurements
	 * @param known the names there are
	 * @param byDefault the names that are meant when none is given
	 * @throws IllegalArgumentException naming the argument and what is expected
	 */
	static Options parse(String[] args, List<String> known, List<String> byDefault) {
		boolean quick = false;
		Path results = null;
		Set<String> kinds = new LinkedHashSet<>();
		Map<String, String> details = new LinkedHashMap<>();
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
			else if (args[i].startsWith("--") && args[i].indexOf('=') > 0
					&& DETAILS.contains(args[i].substring(2, args[i].indexOf('=')))) {
				details.put(args[i].substring(2, args[i].indexOf('=')), args[i].substring(args[i].indexOf('=') + 1));
			}
			else {
				throw new IllegalArgumentException(
						"argument: '%s' (expected: --quick, --results DIR, --only=NAME,.., --policy=NAME, or any of %s)"
							.formatted(args[i], known));
			}
		}
		if (results == null) {
			throw new IllegalArgumentException("--results is missing (expected: --results DIR)");
		}
		return new Options(quick, results, kinds.isEmpty() ? new LinkedHashSet<>(byDefault) : kinds, details);
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
