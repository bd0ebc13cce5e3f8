package io.github.grpcdiscovery.autoconfigure;

import org.springframework.core.env.Environment;

/**
 * Tells an application that a test started from one that serves.
 */
public final class SpringBootTests {

	/** What {@code @SpringBootTest} adds to the environment. */
	private static final String MARK = "org.springframework.boot.test.context.SpringBootTestContextBootstrapper";

	private SpringBootTests() {
	}

	/**
	 * Whether an application is that of a {@code @SpringBootTest}.
	 * @param environment the application's environment
	 * @return {@code false} for one that its {@code main} method started
	 */
	public static boolean isOne(Environment environment) {
		return Boolean.parseBoolean(environment.getProperty(MARK));
	}

}
