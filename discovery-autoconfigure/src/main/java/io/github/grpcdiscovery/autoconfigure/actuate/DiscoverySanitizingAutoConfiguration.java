package io.github.grpcdiscovery.autoconfigure.actuate;

import java.util.Locale;
import java.util.regex.Pattern;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that keeps passwords and tokens of
 * registries out of the endpoints {@code env} and {@code configprops}, also where those
 * are told to show values.
 */
@AutoConfiguration
@ConditionalOnClass(SanitizingFunction.class)
public final class DiscoverySanitizingAutoConfiguration {

	/** The names of properties as of environment variables, without what separates. */
	private static final Pattern SECRET = Pattern.compile("grpcdiscovery.*(password|token|secret)");

	@Bean
	SanitizingFunction grpcDiscoverySanitizingFunction() {
		return SanitizingFunction.sanitizeValue().ifMatches(DiscoverySanitizingAutoConfiguration::isSecret);
	}

	private static boolean isSecret(SanitizableData data) {
		String key = data.getKey().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
		return SECRET.matcher(key).matches();
	}

}
