package io.github.grpcdiscovery.testsupport.reliability;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes what became of the tests that {@linkplain Proves prove} something to the
 * directory that the system property {@value #DIRECTORY} names, one file a test plan;
 * does nothing without it. One line a row and test: row, class, test, whether it passed,
 * milliseconds, what was measured, the registries that it used; separated by tabs.
 */
public final class ProofRecorder implements TestExecutionListener {

	/** System property: where to. */
	public static final String DIRECTORY = "reliability.directory";

	private final Map<String, Long> started = new ConcurrentHashMap<>();

	private final Map<String, String> measured = new ConcurrentHashMap<>();

	private final ResultLines lines = new ResultLines(System.getProperty(DIRECTORY, ""));

	@Override
	public void executionStarted(TestIdentifier test) {
		if (this.lines.areWanted()) {
			this.started.put(test.getUniqueId(), System.nanoTime());
			RegistriesInUse.begin(test);
		}
	}

	@Override
	public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
		String text = entry.getKeyValuePairs().get(Proves.MEASURED);
		if (text != null) {
			this.measured.merge(test.getUniqueId(), text, (one, other) -> one + "; " + other);
		}
	}

	@Override
	public void executionFinished(TestIdentifier test, TestExecutionResult result) {
		if (this.lines.areWanted() && test.isTest()) {
			record(test, result.getStatus() == TestExecutionResult.Status.SUCCESSFUL);
		}
	}

	private void record(TestIdentifier test, boolean passed) {
		String registries = String.join(", ", RegistriesInUse.end(test));
		MethodSource source = method(test);
		if (source == null) {
			return;
		}
		long start = this.started.getOrDefault(test.getUniqueId(), System.nanoTime());
		for (String row : rows(source)) {
			this.lines.add(row, simple(source.getClassName()), source.getMethodName(), passed ? "held" : "broken",
					String.valueOf((System.nanoTime() - start) / 1_000_000),
					this.measured.getOrDefault(test.getUniqueId(), ""), registries);
		}
	}

	private static @Nullable MethodSource method(TestIdentifier test) {
		return test.getSource().filter(MethodSource.class::isInstance).map(MethodSource.class::cast).orElse(null);
	}

	private static Set<String> rows(MethodSource source) {
		Set<String> rows = new TreeSet<>();
		Class<?> type = source.getJavaClass();
		Method method = source.getJavaMethod();
		for (Proves proves : Arrays.asList(method.getAnnotation(Proves.class), type.getAnnotation(Proves.class))) {
			if (proves != null) {
				rows.addAll(List.of(proves.value()));
			}
		}
		return rows;
	}

	private static String simple(String className) {
		return className.substring(className.lastIndexOf('.') + 1);
	}

	@Override
	public void testPlanExecutionFinished(TestPlan plan) {
		String directory = System.getProperty(DIRECTORY, "");
		this.lines.write();
	}

}
