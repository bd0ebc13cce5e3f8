package io.github.grpcdiscovery.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.ClassUtils;

/**
 * Ends the start of an application with Spring Boot's own gRPC on a Spring Boot that has
 * none: it would end with a class of Spring Boot's that is missing, and no word of why.
 */
final class SpringBootVersionCheck implements EnvironmentPostProcessor {

	private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\b.*");

	private static final String SERVER = "org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties";

	private static final String CLIENT = "org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		String version = SpringBootVersion.getVersion();
		if (isTooOld(version)) {
			ClassLoader classLoader = application.getClassLoader();
			if (ClassUtils.isPresent(SERVER, classLoader) || ClassUtils.isPresent(CLIENT, classLoader)) {
				check(version);
			}
		}
	}

	/**
	 * Checks a version.
	 * @param version of Spring Boot, if it says so
	 * @throws DiscoveryConfigurationException if it is before 4.1
	 */
	static void check(@Nullable String version) {
		if (isTooOld(version)) {
			throw new DiscoveryConfigurationException(
					"Spring Boot: %s (expected: 4.1 or later, which has gRPC of its own; spring-boot-grpc-server and -client of a later version do not work with it)"
						.formatted(version),
					"Raise the version of Spring Boot, that of the parent or BOM of the build, to 4.1 or later.");
		}
	}

	private static boolean isTooOld(@Nullable String version) {
		Matcher matcher = VERSION.matcher((version != null) ? version : "");
		if (!matcher.matches()) {
			return false;
		}
		int major = Integer.parseInt(matcher.group(1));
		int minor = Integer.parseInt(matcher.group(2));
		return major < 4 || (major == 4 && minor < 1);
	}

}
