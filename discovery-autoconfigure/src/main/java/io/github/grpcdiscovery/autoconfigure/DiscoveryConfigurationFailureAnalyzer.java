package io.github.grpcdiscovery.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Shows what is wrong with the settings, and what to do, instead of a stack trace.
 */
final class DiscoveryConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<DiscoveryConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DiscoveryConfigurationException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
	}

}
