package io.github.grpcdiscovery.testsupport;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long something takes, as the command line says it: {@code 90s}, {@code 10m},
 * {@code 1h}.
 */
public final class DurationProperty {

	private static final Pattern SHORT = Pattern.compile("(\\d+)([smh])");

	private DurationProperty() {
	}

	/**
	 * Reads a system property.
	 * @param name name of the property
	 * @param otherwise its value if it is not set
	 * @return the duration
	 */
	public static Duration of(String name, String otherwise) {
		String value = System.getProperty(name, otherwise);
		Matcher matcher = SHORT.matcher(value);
		if (!matcher.matches()) {
			throw new IllegalStateException("%s: %s (expected: such as 90s, 10m or 1h)".formatted(name, value));
		}
		return Duration.parse("PT" + value);
	}

}
