package io.github.grpcdiscovery.autoconfigure.consul;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

import io.github.grpcdiscovery.autoconfigure.PropertyCheck;
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

	private ConsulSettingsFactory() {
	}

	static ConsulSettings settings(ConsulProperties p, ConsulConnectionDetails details, ServerTransport server) {
		// one after the other, so that an error can be told with the property it is of
		ConsulSettings agent = ConsulSettings.of(details.getAgent());
		ConsulSettings token = PropertyCheck.secret(PREFIX + "token",
				"Set %stoken to the token's secret id, without spaces or line ends.".formatted(PREFIX),
				() -> agent.withToken(details.getToken()));
		ConsulSettings file = PropertyCheck.of(PREFIX + "token-file", p.getTokenFile(),
				() -> token.withTokenFile(p.getTokenFile()));
		ConsulSettings tls = PropertyCheck.of(PREFIX + "ssl.bundle", p.getSsl().getBundle(),
				() -> file.withTls(tls(details.getSslBundle())));
		ConsulSettings namespace = PropertyCheck.of(PREFIX + "namespace", p.getNamespace(),
				() -> tls.withNamespace(emptyAsNull(p.getNamespace()), null));
		ConsulSettings partition = PropertyCheck.of(PREFIX + "partition", p.getPartition(),
				() -> namespace.withNamespace(namespace.namespace(), emptyAsNull(p.getPartition())));
		ConsulSettings audit = PropertyCheck.of(PREFIX + "audit-interval", p.getAuditInterval(),
				() -> partition.withAuditInterval(p.getAuditInterval()));
		ConsulSettings request = PropertyCheck.of(PREFIX + "request-timeout", p.getRequestTimeout(),
				() -> audit.withRequestTimeout(p.getRequestTimeout()));
		return request.withCheck(check(p.getCheck(), server)).withQuery(query(p.getQuery()));
	}

	private static ConsulCheck check(ConsulProperties.Check p, ServerTransport server) {
		String prefix = PREFIX + "check.";
		ConsulCheck kind = ConsulCheck.DEFAULT.withKind(p.getKind());
		ConsulCheck interval = PropertyCheck.of(prefix + "interval", p.getInterval(),
				() -> kind.withProbes(p.getInterval(), kind.timeout()));
		ConsulCheck timeout = PropertyCheck.of(prefix + "timeout", p.getTimeout(),
				() -> interval.withProbes(interval.interval(), p.getTimeout()));
		ConsulCheck ttl = PropertyCheck.of(prefix + "ttl", p.getTtl(), () -> timeout.withTtl(p.getTtl()));
		ConsulCheck deregister = PropertyCheck.of(prefix + "deregister-after", p.getDeregisterAfter(),
				() -> ttl.withDeregisterAfter(p.getDeregisterAfter()));
		boolean byTls = (p.getTls() != null) ? p.getTls() : server.tls();
		ConsulCheck tls = PropertyCheck.of(prefix + "tls-server-name", p.getTlsServerName(),
				() -> deregister.withTls(byTls, emptyAsNull(p.getTlsServerName())));
		return PropertyCheck.of(prefix + "services", p.getServices(), () -> tls.withServices(p.getServices()));
	}

	private static ConsulQuery query(ConsulProperties.Query p) {
		String prefix = PREFIX + "query.";
		ConsulQuery passing = ConsulQuery.DEFAULT.withPassingOnly(p.isPassing())
			.withFailTrafficOnPanic(p.isFailTrafficOnPanic());
		ConsulQuery datacenter = PropertyCheck.of(prefix + "datacenter", p.getDatacenter(),
				() -> passing.withDatacenter(emptyAsNull(p.getDatacenter())));
		ConsulQuery tags = PropertyCheck.of(prefix + "tags", p.getTags(), () -> datacenter.withTags(p.getTags()));
		ConsulQuery near = PropertyCheck.of(prefix + "near", p.getNear(),
				() -> tags.withNear(emptyAsNull(p.getNear())));
		ConsulQuery filter = PropertyCheck.of(prefix + "filter", p.getFilter(),
				() -> near.withFilter(emptyAsNull(p.getFilter())));
		return PropertyCheck.of(prefix + "wait", p.getWait(), () -> filter.withMaxWait(p.getWait()));
	}

	private static @Nullable ConsulTls tls(@Nullable SslBundle bundle) {
		return (bundle != null) ? new ConsulTls(bundle.createSslContext()) : null;
	}

	private static @Nullable String emptyAsNull(@Nullable String text) {
		return (text == null || text.isEmpty()) ? null : text;
	}

}
