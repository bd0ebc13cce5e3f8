package io.github.grpcdiscovery.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Finds the SSL bundle that a property names.
 */
public final class SslBundleProperty {

	private SslBundleProperty() {
	}

	/**
	 * The bundle that is named.
	 * @param property full name of the property
	 * @param name its value
	 * @param bundles the bundles that there are; {@code null} for none
	 * @return {@code null} if none is named
	 * @throws DiscoveryConfigurationException if there is no such bundle, naming those
	 * that there are
	 */
	public static @Nullable SslBundle bundle(String property, @Nullable String name, @Nullable SslBundles bundles) {
		if (name == null || name.isEmpty()) {
			return null;
		}
		if (bundles == null) {
			throw unknown(property, name, "there are no SSL bundles", null);
		}
		try {
			return bundles.getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			List<String> names = bundles.getBundleNames();
			throw unknown(property, name,
					names.isEmpty() ? "there are no SSL bundles" : "there are: " + String.join(", ", names), ex);
		}
	}

	private static DiscoveryConfigurationException unknown(String property, String name, String choices,
			@Nullable Throwable cause) {
		return new DiscoveryConfigurationException(
				"%s: '%s' (expected: the name of an SSL bundle; %s)".formatted(property, name, choices),
				"Define it as spring.ssl.bundle.pem.%s.* or spring.ssl.bundle.jks.%s.*, or correct the name."
					.formatted(name, name),
				cause);
	}

}
