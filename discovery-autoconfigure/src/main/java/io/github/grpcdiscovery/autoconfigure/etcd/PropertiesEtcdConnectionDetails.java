package io.github.grpcdiscovery.autoconfigure.etcd;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

import io.github.grpcdiscovery.autoconfigure.SslBundleProperty;

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
		return SslBundleProperty.bundle("grpc.discovery.etcd.ssl.bundle", this.properties.getSsl().getBundle(),
				this.bundles);
	}

}
