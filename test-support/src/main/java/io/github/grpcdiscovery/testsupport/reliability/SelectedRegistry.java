package io.github.grpcdiscovery.testsupport.reliability;

import java.util.List;
import java.util.Locale;

import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.opentest4j.TestAbortedException;

/**
 * The one registry that this run is for, of all that {@code -Pregistries} runs, such as
 * {@code etcd-3.5.35}: a test that needs the other kind is left out. With
 * {@code -Dregistries=etcd-3.5.35,consul-1.8.7} all other runs have no test at all.
 */
public final class SelectedRegistry implements PostDiscoveryFilter {

	/** System property: the registry of this run; blank if the run is for all. */
	static final String REGISTRY = "registry";

	/** System property: the registries to run, separated by commas; blank for all. */
	static final String REGISTRIES = "registries";

	/** As the system properties say. */
	public static final SelectedRegistry CURRENT = new SelectedRegistry();

	private final String registry;

	private final List<String> selected;

	/** For JUnit, which loads it as a service. */
	public SelectedRegistry() {
		this(System.getProperty(REGISTRY, ""), System.getProperty(REGISTRIES, ""));
	}

	SelectedRegistry(String registry, String registries) {
		this.registry = registry;
		this.selected = registries.isBlank() ? List.of() : List.of(registries.split("[, ]+"));
	}

	/**
	 * Skips the running test if this run is for the other kind of registry.
	 * @param product {@code etcd} or {@code consul}
	 */
	public void mustBe(String product) {
		if (!this.registry.isBlank() && !this.registry.startsWith(product + "-")) {
			throw new OtherRegistryException("this run is for " + this.registry);
		}
	}

	/**
	 * Fails the running test if it has another registry than the one that its results are
	 * recorded for.
	 * @param name such as {@code etcd 3.7.3}
	 */
	public void mustBeExactly(String name) {
		if (!this.registry.isBlank() && !this.registry.equals(name.toLowerCase(Locale.ROOT).replace(' ', '-'))) {
			throw new IllegalStateException("this run is for " + this.registry + ", but was given " + name
					+ "; leave out -Detcd.version, -Dconsul.version and -Dconsul.streaming");
		}
	}

	@Override
	public FilterResult apply(TestDescriptor test) {
		return FilterResult.includedIf(
				this.registry.isBlank() || this.selected.isEmpty() || this.selected.contains(this.registry),
				() -> "selected", () -> "not selected by " + REGISTRIES);
	}

	/**
	 * The registry of this run.
	 * @return such as {@code etcd-3.5.35}; blank if the run is for all
	 */
	String name() {
		return this.registry;
	}

	/** The test is for the other kind of registry. */
	static final class OtherRegistryException extends TestAbortedException {

		private static final long serialVersionUID = 1L;

		OtherRegistryException(String message) {
			super(message);
		}

	}

}
