package io.github.grpcdiscovery.autoconfigure;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The zone that this application runs in: its instance is registered with it, and its
 * clients call the instances of the same zone first. Where {@value #PROPERTY} does not
 * say it, what platforms and neighbouring projects set does.
 */
public final class ApplicationZone {

	/** The property that says it. */
	static final String PROPERTY = "grpc.discovery.registration.zone";

	/** Others that may say it, the first one that is set counts. */
	static final List<String> OTHERS = List.of("AVAILABILITY_ZONE", "EC2_AVAILABILITY_ZONE",
			"spring.cloud.loadbalancer.zone");

	/** The attribute of OpenTelemetry's resource. */
	private static final String OPEN_TELEMETRY = "cloud.availability_zone=";

	private ApplicationZone() {
	}

	/**
	 * Finds it.
	 * @param environment the application's
	 * @return {@code null} if nothing says it
	 */
	public static @Nullable String of(Environment environment) {
		String property = Binder.get(environment).bind(PROPERTY, String.class).orElse(null);
		if (property != null) {
			return property.isBlank() ? null : property;
		}
		return Stream.concat(OTHERS.stream().map(environment::getProperty), Stream.of(openTelemetry(environment)))
			.filter(Objects::nonNull)
			.map(String::strip)
			.filter(StringUtils::hasText)
			.findFirst()
			.orElse(null);
	}

	private static @Nullable String openTelemetry(Environment environment) {
		String attributes = environment.getProperty("OTEL_RESOURCE_ATTRIBUTES");
		if (attributes == null) {
			return null;
		}
		return Stream.of(attributes.split(","))
			.map(String::strip)
			.filter((attribute) -> attribute.startsWith(OPEN_TELEMETRY))
			.map((attribute) -> attribute.substring(OPEN_TELEMETRY.length()))
			.findFirst()
			.orElse(null);
	}

}
