package io.github.grpcdiscovery.autoconfigure.etcd;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.autoconfigure.PropertyCheck;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.etcd.EtcdTls;

/**
 * Makes the settings of the etcd client from the properties, and says which property is
 * wrong if it cannot.
 */
final class EtcdSettingsFactory {

	private static final Logger logger = LoggerFactory.getLogger(EtcdSettingsFactory.class);

	private static final String PREFIX = "grpc.discovery.etcd.";

	private EtcdSettingsFactory() {
	}

	static EtcdSettings settings(EtcdProperties p, EtcdConnectionDetails details) {
		// one after the other, so that an error can be told with the property it is of
		EtcdSettings endpoints = endpoints(details);
		EtcdSettings credentials = PropertyCheck.secret(PREFIX + "user",
				"Set both %suser and %spassword, or none of them.".formatted(PREFIX, PREFIX),
				() -> endpoints.withCredentials(emptyAsNull(details.getUser()), emptyAsNull(details.getPassword())));
		EtcdSettings tls = PropertyCheck.of(PREFIX + "ssl.bundle", p.getSsl().getBundle(),
				() -> credentials.withTls(tls(details.getSslBundle())));
		EtcdSettings authority = PropertyCheck.of(PREFIX + "authority", p.getAuthority(),
				() -> tls.withAuthority(emptyAsNull(p.getAuthority())));
		EtcdSettings namespace = PropertyCheck.of(PREFIX + "namespace", p.getNamespace(),
				() -> authority.withNamespace(p.getNamespace()));
		EtcdSettings ttl = PropertyCheck.of(PREFIX + "ttl", p.getTtl(), () -> namespace.withTtl(p.getTtl()));
		EtcdSettings request = PropertyCheck.of(PREFIX + "request-timeout", p.getRequestTimeout(),
				() -> ttl.withTimeouts(p.getRequestTimeout(), ttl.connectTimeout()));
		EtcdSettings connect = PropertyCheck.of(PREFIX + "connect-timeout", p.getConnectTimeout(),
				() -> request.withTimeouts(request.requestTimeout(), p.getConnectTimeout()));
		EtcdSettings keepAlive = PropertyCheck.of(PREFIX + "keep-alive-time", p.getKeepAliveTime(),
				() -> connect.withKeepAlive(p.getKeepAliveTime(), connect.keepAliveTimeout()));
		EtcdSettings settings = PropertyCheck.of(PREFIX + "keep-alive-timeout", p.getKeepAliveTimeout(),
				() -> keepAlive.withKeepAlive(keepAlive.keepAliveTime(), p.getKeepAliveTimeout()));
		warnOfPlaintextPassword(settings);
		return settings;
	}

	private static EtcdSettings endpoints(EtcdConnectionDetails details) {
		// a part that is empty is one comma too many, not an endpoint
		List<String> texts = details.getEndpoints().stream().filter((text) -> !text.isBlank()).toList();
		// not shown as they are: people write passwords into URLs
		return PropertyCheck.secret(PREFIX + "endpoints",
				"Set %sendpoints to at least one of http://host:port or https://host:port.".formatted(PREFIX),
				() -> EtcdSettings.of(texts.stream().map(EtcdSettings::parseEndpoint).toList()));
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

	/**
	 * Where etcd is, for the address that this machine has towards it.
	 * @param settings the settings
	 * @return host and port of each endpoint
	 */
	static List<HostAndPort> addresses(EtcdSettings settings) {
		return settings.endpoints().stream().map((uri) -> HostAndPort.parse(uri.getRawAuthority())).toList();
	}

	private static void warnOfPlaintextPassword(EtcdSettings settings) {
		URI endpoint = settings.endpoints().get(0);
		boolean plaintext = "http".equals(endpoint.getScheme());
		if (plaintext && settings.user() != null
				&& !addresses(settings).stream().allMatch(EtcdSettingsFactory::isHere)) {
			logger.warn("The password of user '{}' goes to etcd in plain text ({}): use https:// endpoints",
					settings.user(), endpoint);
		}
	}

	private static boolean isHere(HostAndPort address) {
		try {
			return address.host().equals("localhost")
					|| (address.isLiteral() && InetAddress.getByName(address.host()).isLoopbackAddress());
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

	private static @Nullable String emptyAsNull(@Nullable String text) {
		return (text == null || text.isEmpty()) ? null : text;
	}

}
