package io.github.grpcdiscovery.testsupport.reliability;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

import io.github.grpcdiscovery.testsupport.reliability.SelectedRegistry.OtherRegistryException;

/**
 * Writes what became of each test on the {@linkplain SelectedRegistry registry of this
 * run} to the directory that the system property {@value #DIRECTORY} names; does nothing
 * without it. One line a test that has used the registry or failed: registry, class,
 * test, {@code passed}, {@code failed} or {@code skipped}, milliseconds; separated by
 * tabs.
 */
public final class RegistryRunRecorder implements TestExecutionListener {

	/** System property: where to. */
	public static final String DIRECTORY = "registries.directory";

	private final Map<String, Long> started = new ConcurrentHashMap<>();

	private final SelectedRegistry registry;

	private final ResultLines lines;

	/** For JUnit, which loads it as a service. */
	public RegistryRunRecorder() {
		this(SelectedRegistry.CURRENT, System.getProperty(DIRECTORY, ""));
	}

	RegistryRunRecorder(SelectedRegistry registry, String directory) {
		this.registry = registry;
		this.lines = new ResultLines(directory);
	}

	@Override
	public void executionStarted(TestIdentifier test) {
		if (this.lines.areWanted()) {
			this.started.put(test.getUniqueId(), System.nanoTime());
			RegistriesInUse.begin(test);
		}
	}

	@Override
	public void executionFinished(TestIdentifier test, TestExecutionResult result) {
		if (!this.lines.areWanted() || result.getThrowable().filter(RegistryRunRecorder::isForAnother).isPresent()) {
			return;
		}
		boolean failed = result.getStatus() == TestExecutionResult.Status.FAILED;
		if (failed || (test.isTest() && !RegistriesInUse.end(test).isEmpty())) {
			boolean passed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
			record(test, failed ? "failed" : passed ? "passed" : "skipped");
		}
	}

	// JUnit adds the failure to close what was never started, in either order
	private static boolean isForAnother(Throwable thrown) {
		return Stream.concat(Stream.of(thrown), Stream.of(thrown.getSuppressed()))
			.anyMatch(OtherRegistryException.class::isInstance);
	}

	private void record(TestIdentifier test, String outcome) {
		long began = this.started.getOrDefault(test.getUniqueId(), System.nanoTime());
		this.lines.add(this.registry.name(), className(test), test.getDisplayName(), outcome,
				String.valueOf((System.nanoTime() - began) / 1_000_000));
	}

	private static String className(TestIdentifier test) {
		String name = test.getSource().map((source) -> {
			if (source instanceof MethodSource method) {
				return method.getClassName();
			}
			return (source instanceof ClassSource type) ? type.getClassName() : source.toString();
		}).orElse("");
		return name.substring(name.lastIndexOf('.') + 1);
	}

	@Override
	public void testPlanExecutionFinished(TestPlan plan) {
		this.lines.write();
	}

}
