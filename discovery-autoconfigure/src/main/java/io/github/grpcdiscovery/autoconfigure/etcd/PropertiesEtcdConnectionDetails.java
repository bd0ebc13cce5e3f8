package io.github.grpcdiscovery.autoconfigure.etcd;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

import io.github.grpcdiscovery.autoconfigure.DiscoveryConfigurationException;

/**
 * Takes the connection details from the properties.
 */
final class PropertiesEtcdConnectionDetails implements EtcdConnectionDetails {

	private final EtcdProperties properties;

	private final @Nullable SslBundles bundles;

	PropertiesEtcdConnectionDetails(EtcdProperties properties, @Nullable SslBundles bundles) {
		this.properties = properties;
		this.bundles = bundles;
	}

	@Override
	public List<String> getEndpoints() {
		return this.properties.getEndpoints();
	}

	@Override
	public @Nullable String getUser() {
		return this.properties.getUser();
	}

	@Override
	public @Nullable String getPassword() {
		return this.properties.getPassword();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		String name = this.properties.getSsl().getBundle();
		if (name == null || name.isEmpty()) {
			return null;
		}
		if (this.bundles == null) {
			throw unknown(name, "there are no SSL bundles", null);
		}
		try {
			return this.bundles.getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw unknown(name, "there are: " + String.join(", ", this.bundles.getBundleNames()), ex);
		}
	}

	private static DiscoveryConfigurationException unknown(String name, String choices, @Nullable Throwable cause) {
		return new DiscoveryConfigurationException(
				"grpc.discovery.etcd.ssl.bundle: '%s' (expected: the name of an SSL bundle; %s)".formatted(name,
						choices),
				"Define it as spring.ssl.bundle.pem.%s.* or spring.ssl.bundle.jks.%s.*, or correct the name."
					.formatted(name, name),
				cause);
	}

}
