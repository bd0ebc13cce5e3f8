package io.github.grpcdiscovery.testsupport.reliability;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Which real registries the running test uses: those that it asked for itself, or else
 * those that its class has asked for. Several listeners may ask. One test at a time.
 */
public final class RegistriesInUse {

	private static final Set<String> ASKED_FOR = new ConcurrentSkipListSet<>();

	private static final Set<String> OF_CLASS = new TreeSet<>();

	private static @Nullable String started;

	private static @Nullable String ended;

	private static Set<String> ofEnded = Set.of();

	private RegistriesInUse() {
	}

	/**
	 * Notes that somebody has asked for a registry.
	 * @param registry such as {@code etcd 3.7.3}
	 */
	public static void add(String registry) {
		ASKED_FOR.add(registry);
	}

	/** Is to be called as soon as the test or the container of tests begins. */
	static synchronized void begin(TestIdentifier identifier) {
		if (identifier.getUniqueId().equals(started)) {
			return; // another listener
		}
		started = identifier.getUniqueId();
		if (isClass(identifier)) {
			drain();
			OF_CLASS.clear();
		}
		else if (identifier.isTest()) {
			OF_CLASS.addAll(drain());
		}
	}

	/**
	 * What the test has used. Is to be called as soon as it ends.
	 * @return empty if it needed none
	 */
	static synchronized Set<String> end(TestIdentifier test) {
		if (!test.getUniqueId().equals(ended)) {
			ended = test.getUniqueId();
			Set<String> asked = drain();
			OF_CLASS.addAll(asked);
			ofEnded = asked.isEmpty() ? Set.copyOf(OF_CLASS) : asked;
		}
		return ofEnded;
	}

	private static Set<String> drain() {
		Set<String> asked = new TreeSet<>(ASKED_FOR);
		ASKED_FOR.removeAll(asked);
		return asked;
	}

	// the JVM's class, not one of its nested ones
	private static boolean isClass(TestIdentifier identifier) {
		return identifier.getSource().filter(ClassSource.class::isInstance).isPresent()
				&& !identifier.getUniqueId().contains("[nested-class:");
	}

}
