package io.github.grpcdiscovery.autoconfigure.consul;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

import io.github.grpcdiscovery.autoconfigure.SettingErrors;
import io.github.grpcdiscovery.autoconfigure.SslBundleProperty;
import io.github.grpcdiscovery.consul.ConsulSettings;

/**
 * Takes the connection details from the properties.
 */
final class PropertiesConsulConnectionDetails implements ConsulConnectionDetails {

	private static final String ACTION = "Set grpc.discovery.consul.host to the agent's host, such as 127.0.0.1, and .port to its HTTP port, or leave both out.";

	// people write passwords into URLs
	private static final SettingErrors ERRORS = SettingErrors.below("grpc.discovery.consul.")
		.secret("host", ACTION)
		.secret("port", ACTION)
		.secret("scheme", ACTION);

	private final ConsulProperties properties;

	private final @Nullable SslBundles bundles;

	PropertiesConsulConnectionDetails(ConsulProperties properties, @Nullable SslBundles bundles) {
		this.properties = properties;
		this.bundles = bundles;
	}

	@Override
	public URI getAgent() {
		String host = this.properties.getHost();
		String scheme = this.properties.getScheme();
		return ERRORS.check(() -> ConsulSettings.agent((host != null) ? host : "127.0.0.1", this.properties.getPort(),
				(scheme == null || scheme.isEmpty()) ? null : scheme));
	}

	@Override
	public @Nullable String getToken() {
		String token = this.properties.getToken();
		return (token == null || token.isEmpty()) ? null : token;
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		return SslBundleProperty.bundle("grpc.discovery.consul.ssl.bundle", this.properties.getSsl().getBundle(),
				this.bundles);
	}

}
