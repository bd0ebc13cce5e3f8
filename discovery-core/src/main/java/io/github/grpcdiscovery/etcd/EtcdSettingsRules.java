package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InvalidSettingException;

/**
 * The rules of what {@link EtcdSettings} are made of.
 */
final class EtcdSettingsRules {

	/** With less there is no time for a new connection before the lease ends. */
	private static final Duration MIN_TTL = Duration.ofSeconds(3);

	private static final Duration MAX_TTL = Duration.ofDays(1);

	private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);

	private static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);

	private static final Duration MIN_KEEP_ALIVE = Duration.ofSeconds(10);

	private static final Pattern NAMESPACE = Pattern.compile("/|/?([^/\\s\\p{Cntrl}]+/)*");

	private static final int MAX_NAMESPACE = 256;

	private EtcdSettingsRules() {
	}

	static List<EtcdEndpoint> requireMembers(List<String> endpoints) {
		if (endpoints.isEmpty()) {
			throw InvalidSettingException.hidden("endpoints", "none", "at least one, such as http://127.0.0.1:2379");
		}
		List<EtcdEndpoint> members = new ArrayList<>();
		for (int i = 0; i < endpoints.size(); i++) {
			String name = "endpoints[" + i + "]";
			EtcdEndpoint member = EtcdEndpoint.parse(name, endpoints.get(i));
			if (i > 0 && member.tls() != members.get(0).tls()) {
				throw InvalidSettingException.of(name, member.toUri(),
						"the scheme of endpoints[0], '%s'".formatted(members.get(0).toUri()));
			}
			members.add(member);
		}
		return members.stream().map(EtcdEndpoint::inLowerCase).distinct().toList();
	}

	static void requireCredentials(@Nullable String user, @Nullable String password) {
		if (user != null && password == null) {
			throw InvalidSettingException.hidden("password", "missing", "one, since there is a user");
		}
		if (user == null && password != null) {
			throw InvalidSettingException.hidden("user", "missing", "one, since there is a password");
		}
		if (user != null && user.isBlank()) {
			throw InvalidSettingException.of("user", "", "a name");
		}
		if (password != null && password.isEmpty()) {
			throw InvalidSettingException.hidden("password", "empty", "at least one character");
		}
	}

	static @Nullable EtcdTls requireTls(@Nullable EtcdTls tls, EtcdEndpoint first) {
		if (tls != null && !first.tls()) {
			throw InvalidSettingException.described("tls", "set for " + first.toUri(), "https:// endpoints");
		}
		return tls;
	}

	static @Nullable String requireAuthority(@Nullable String authority) {
		if (authority == null) {
			return null;
		}
		try {
			HostAndPort.parse(authority, 1);
			return authority;
		}
		catch (InvalidSettingException ex) {
			throw InvalidSettingException.of("authority", authority,
					"a host name as in the server's certificate, with or without :port");
		}
	}

	static String requireNamespace(String namespace) {
		String normal = (namespace.isEmpty() || namespace.endsWith("/")) ? namespace : namespace + "/";
		if (normal.length() > MAX_NAMESPACE || !NAMESPACE.matcher(normal).matches()) {
			throw InvalidSettingException.of("namespace", namespace,
					"a prefix such as 'grpc/', at most %d characters, without spaces, control characters and '//'"
						.formatted(MAX_NAMESPACE));
		}
		return normal;
	}

	static Duration requireTtl(Duration ttl) {
		InvalidSettingException.requireBetween("ttl", ttl, MIN_TTL, MAX_TTL);
		if (ttl.getNano() != 0) {
			throw InvalidSettingException.of("ttl", ttl, "whole seconds");
		}
		return ttl;
	}

	static Duration requireTimeout(String name, Duration timeout) {
		return InvalidSettingException.requireBetween(name, timeout, MIN_TIMEOUT, MAX_TIMEOUT);
	}

	static Duration requireKeepAliveTime(Duration time) {
		return InvalidSettingException.requireBetween("keep-alive-time", time, MIN_KEEP_ALIVE, MAX_TIMEOUT);
	}

}
