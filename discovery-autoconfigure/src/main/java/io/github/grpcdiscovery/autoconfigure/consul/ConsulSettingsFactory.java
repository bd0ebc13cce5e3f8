package io.github.grpcdiscovery.autoconfigure.consul;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

import io.github.grpcdiscovery.autoconfigure.PropertyCheck;
import io.github.grpcdiscovery.autoconfigure.SettingErrors;
import io.github.grpcdiscovery.autoconfigure.server.ServerTransport;
import io.github.grpcdiscovery.consul.ConsulCheck;
import io.github.grpcdiscovery.consul.ConsulQuery;
import io.github.grpcdiscovery.consul.ConsulSettings;
import io.github.grpcdiscovery.consul.ConsulTls;

/**
 * Makes the settings of the Consul client from the properties, and says which property is
 * wrong if it cannot.
 */
final class ConsulSettingsFactory {

	private static final String PREFIX = "grpc.discovery.consul.";

	private static final SettingErrors ERRORS = SettingErrors.below(PREFIX)
		.named("agent", "host")
		.named("tls", "ssl.bundle")
		.secret("token", "Set %stoken to the token's secret id, without spaces or line ends.".formatted(PREFIX));

	private static final SettingErrors QUERY_ERRORS = SettingErrors.below(PREFIX + "query.").named("tag", "tags");

	private ConsulSettingsFactory() {
	}

	static ConsulSettings settings(ConsulProperties p, ConsulConnectionDetails details, ServerTransport server) {
		return ERRORS.check(() -> ConsulSettings.builder(details.getAgent())
			.token(details.getToken())
			.tokenFile(p.getTokenFile())
			.tls(PropertyCheck.of(PREFIX + "ssl.bundle", p.getSsl().getBundle(), () -> tls(details.getSslBundle())))
			.namespace(emptyAsNull(p.getNamespace()))
			.partition(emptyAsNull(p.getPartition()))
			.auditInterval(p.getAuditInterval())
			.requestTimeout(p.getRequestTimeout())
			.check(check(p.getCheck(), server))
			.query(query(p.getQuery()))
			.build());
	}

	private static ConsulCheck check(ConsulProperties.Check p, ServerTransport server) {
		return ConsulCheck.builder()
			.kind(p.getKind())
			.interval(p.getInterval())
			.timeout(p.getTimeout())
			.ttl(p.getTtl())
			.deregisterAfter(p.getDeregisterAfter())
			.tls((p.getTls() != null) ? p.getTls() : server.tls())
			.tlsServerName(emptyAsNull(p.getTlsServerName()))
			.services(p.getServices())
			.build();
	}

	private static ConsulQuery query(ConsulProperties.Query p) {
		return QUERY_ERRORS.check(() -> ConsulQuery.builder()
			.passingOnly(p.isPassing())
			.failTrafficOnPanic(p.isFailTrafficOnPanic())
			.datacenter(emptyAsNull(p.getDatacenter()))
			.tags(p.getTags())
			.near(emptyAsNull(p.getNear()))
			.filter(emptyAsNull(p.getFilter()))
			.maxWait(p.getWait())
			.build());
	}

	private static @Nullable ConsulTls tls(@Nullable SslBundle bundle) {
		return (bundle != null) ? new ConsulTls(bundle.createSslContext()) : null;
	}

	private static @Nullable String emptyAsNull(@Nullable String text) {
		return (text == null || text.isEmpty()) ? null : text;
	}

}
