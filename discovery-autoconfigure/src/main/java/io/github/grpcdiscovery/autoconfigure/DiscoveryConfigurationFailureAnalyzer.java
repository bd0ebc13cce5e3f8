package io.github.grpcdiscovery.autoconfigure;

import java.util.Objects;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Shows what is wrong with the settings, where they come from, and what to do, instead of
 * a stack trace.
 */
final class DiscoveryConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<DiscoveryConfigurationException> {

	private final Environment environment;

	DiscoveryConfigurationFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DiscoveryConfigurationException cause) {
		return new FailureAnalysis(cause.getMessage() + origin(cause.property()), cause.action(), cause);
	}

	private String origin(@Nullable String property) {
		if (property == null) {
			return "";
		}
		ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
		return StreamSupport.stream(ConfigurationPropertySources.get(this.environment).spliterator(), false)
			.map((source) -> source.getConfigurationProperty(name))
			.filter(Objects::nonNull)
			.map(ConfigurationProperty::getOrigin)
			.filter(Objects::nonNull)
			.findFirst()
			.map((origin) -> " (from %s)".formatted(origin))
			.orElse("");
	}

}
