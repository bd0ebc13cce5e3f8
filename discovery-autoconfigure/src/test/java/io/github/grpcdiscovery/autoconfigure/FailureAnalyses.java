package io.github.grpcdiscovery.autoconfigure;

import java.util.Objects;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/**
 * What Spring Boot would print instead of a stack trace.
 */
public final class FailureAnalyses {

	private FailureAnalyses() {
	}

	/**
	 * Asks all registered analyzers.
	 * @param failure why an application did not start
	 * @return description and action in one text
	 */
	public static String of(Throwable failure) {
		ArgumentResolver environment = ArgumentResolver.of(Environment.class, new StandardEnvironment());
		FailureAnalysis analysis = SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, environment, FailureHandler.handleMessage((message, ex) -> {
			}))
			.stream()
			.map((analyzer) -> analyzer.analyze(failure))
			.filter(Objects::nonNull)
			.findFirst()
			.orElseThrow(() -> new AssertionError("no analysis", failure));
		return analysis.getDescription() + "\nAction: " + analysis.getAction();
	}

}
