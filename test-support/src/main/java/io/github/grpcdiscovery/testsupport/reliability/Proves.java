package io.github.grpcdiscovery.testsupport.reliability;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The rows of the catalogue ({@code fault-tests/.../catalogue.yaml}) that a test, or
 * every test of a class, proves: it fails when the behaviour is taken out. What a test
 * measures it says by
 * {@code TestReporter.publishEntry(Proves.MEASURED, "back after 1.2 s")}.
 */
@Documented
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
public @interface Proves {

	/** Key of the report entry that goes into the table. */
	String MEASURED = "measured";

	/**
	 * Names of the rows, such as {@code F12}, {@code I3}.
	 */
	String[] value();

}
