package io.github.grpcdiscovery.autoconfigure.etcd;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

import io.github.grpcdiscovery.autoconfigure.PropertyCheck;
import io.github.grpcdiscovery.autoconfigure.SettingErrors;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.etcd.EtcdTls;

/**
 * Makes the settings of the etcd client from the properties, and says which property is
 * wrong if it cannot.
 */
final class EtcdSettingsFactory {

	private static final String PREFIX = "grpc.discovery.etcd.";

	private static final String CREDENTIALS = "Set both %suser and %spassword, or none of them.".formatted(PREFIX,
			PREFIX);

	// people write passwords into URLs, so endpoints are not shown as they are
	private static final SettingErrors ERRORS = SettingErrors.below(PREFIX)
		.named("tls", "ssl.bundle")
		.secret("endpoints",
				"Set %sendpoints to at least one of http://host:port or https://host:port.".formatted(PREFIX))
		.secret("user", CREDENTIALS)
		.secret("password", CREDENTIALS);

	private EtcdSettingsFactory() {
	}

	static EtcdSettings settings(EtcdProperties p, EtcdConnectionDetails details) {
		// a part that is empty is one comma too many, not an endpoint
		List<String> endpoints = details.getEndpoints().stream().filter((text) -> !text.isBlank()).toList();
		return ERRORS.check(() -> EtcdSettings.builder(endpoints)
			.credentials(emptyAsNull(details.getUser()), emptyAsNull(details.getPassword()))
			.tls(PropertyCheck.of(PREFIX + "ssl.bundle", p.getSsl().getBundle(), () -> tls(details.getSslBundle())))
			.authority(emptyAsNull(p.getAuthority()))
			.namespace(p.getNamespace())
			.ttl(p.getTtl())
			.requestTimeout(p.getRequestTimeout())
			.connectTimeout(p.getConnectTimeout())
			.keepAliveTime(p.getKeepAliveTime())
			.keepAliveTimeout(p.getKeepAliveTimeout())
			.build());
	}

	private static @Nullable EtcdTls tls(@Nullable SslBundle bundle) {
		if (bundle == null) {
			return null;
		}
		String[] protocols = bundle.getOptions().getEnabledProtocols();
		String[] ciphers = bundle.getOptions().getCiphers();
		return new EtcdTls(bundle.getManagers().getTrustManagerFactory(),
				(bundle.getStores().getKeyStore() != null) ? bundle.getManagers().getKeyManagerFactory() : null,
				(protocols != null) ? Set.of(protocols) : Set.of(), (ciphers != null) ? Set.of(ciphers) : Set.of());
	}

	private static @Nullable String emptyAsNull(@Nullable String text) {
		return (text == null || text.isEmpty()) ? null : text;
	}

}
