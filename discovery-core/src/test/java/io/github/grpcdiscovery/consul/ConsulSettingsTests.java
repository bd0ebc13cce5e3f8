package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class ConsulSettingsTests {

	private static final ConsulSettings SETTINGS = ConsulSettings.of(URI.create("http://127.0.0.1:8500"));

	@ParameterizedTest
	@CsvSource(textBlock = """
			127.0.0.1,          , http://127.0.0.1:8501
			localhost,          , http://localhost:8501
			::1,                , http://[::1]:8501
			[::1],              , http://[::1]:8501
			http://[::1],       , http://[::1]:8501
			http://consul.local, , http://consul.local:8501
			https://consul/,    , https://consul:8501
			consul,        https, https://consul:8501
			https://consul, https, https://consul:8501
			HTTP://Consul,      , http://consul:8501
			""")
	void hostIsReadAsPeopleWriteIt(String host, String scheme, String agent) {
		assertThat(ConsulSettings.agent(host, 8501, scheme)).isEqualTo(URI.create(agent));
	}

	@ParameterizedTest
	@ValueSource(strings = { "consul:8500", "http://consul:8500", "[::1]:8500", "", " ", "a b", "http://consul/path",
			"ftp://consul", "unix:///run/consul.sock", "0.0.0.0", "::", "fe80::1%eth0", "consul?x=1", "a,b",
			"[consul]" })
	void hostThatIsNoneIsRefused(String host) {
		assertThatIllegalArgumentException().isThrownBy(() -> ConsulSettings.agent(host, 8500, null))
			.withMessageStartingWith("host: '")
			.withMessageContaining("expected: ");
	}

	@Test
	@Proves("I24")
	void schemeThatContradictsIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> ConsulSettings.agent("http://consul", 8500, "https"))
			.withMessage("host: 'http://consul' (expected: https://, or a host without a scheme)");
		assertThatIllegalArgumentException().isThrownBy(() -> ConsulSettings.agent("consul", 8500, "tcp"))
			.withMessage("scheme: 'tcp' (expected: http or https)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "my_consul", "a_b.example.org", "consul.1a" })
	void hostThatNoUrlMayHoldIsRefused(String host) {
		assertThatIllegalArgumentException().isThrownBy(() -> ConsulSettings.agent(host, 8500, null))
			.withMessageStartingWith("host: '%s' (expected: a host name that a URL may hold".formatted(host));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ConsulSettings.of(URI.create("http://" + host + ":8500")));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, 65536, 70000 })
	void portThatIsNoneIsRefused(int port) {
		assertThatIllegalArgumentException().isThrownBy(() -> ConsulSettings.agent("consul", port, null))
			.withMessage("port: %d (expected: 1 to 65535)".formatted(port));
	}

	@Test
	@Proves("I8")
	void credentialsInAnAddressAreRefusedAndNotRepeated() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ConsulSettings.agent("http://u:geheim@consul", 8500, null))
			.withMessageContaining("<hidden>")
			.withMessageNotContaining("geheim");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ConsulSettings.of(URI.create("http://u:geheim@consul:8500")))
			.withMessageContaining("<hidden>")
			.withMessageNotContaining("geheim");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://consul:8500/v1", "http://consul:8500?token=x", "ftp://consul", "consul",
			"http://consul:99999" })
	@Proves("I24")
	void agentThatIsNoneIsRefused(String agent) {
		assertThatIllegalArgumentException().isThrownBy(() -> ConsulSettings.of(URI.create(agent)));
	}

	@Test
	@Proves("I24")
	void portOfAnAgentHasADefault() {
		assertThat(ConsulSettings.of(URI.create("https://consul")).agent())
			.isEqualTo(URI.create("https://consul:8500"));
	}

	@Test
	void tokenIsShownNowhere() {
		ConsulSettings settings = SETTINGS.withToken("geheim-4711");
		assertThat(settings.toString()).doesNotContain("geheim").contains("token=<hidden>");
		assertThat(settings.description()).isEqualTo("consul (http://127.0.0.1:8500)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a b", "a\r\nX-Evil: 1", "gehéim" })
	void tokenThatIsNoHeaderIsRefusedAndNotRepeated(String token) {
		assertThatIllegalArgumentException().isThrownBy(() -> SETTINGS.withToken(token))
			.withMessageStartingWith("token: <hidden> (expected: ");
	}

	@Test
	@Proves("I7")
	void tokenInTheClearIsKnown() {
		assertThat(SETTINGS.withToken("t").sendsTokenInTheClear()).isFalse();
		assertThat(ConsulSettings.of(URI.create("http://localhost")).withToken("t").sendsTokenInTheClear()).isFalse();
		assertThat(ConsulSettings.of(URI.create("http://[::1]")).withToken("t").sendsTokenInTheClear()).isFalse();
		assertThat(ConsulSettings.of(URI.create("https://10.0.0.1")).withToken("t").sendsTokenInTheClear()).isFalse();
		assertThat(ConsulSettings.of(URI.create("http://10.0.0.1")).sendsTokenInTheClear()).isFalse();
		assertThat(ConsulSettings.of(URI.create("http://10.0.0.1")).withToken("t").sendsTokenInTheClear()).isTrue();
	}

	@Test
	void tlsWithoutHttpsIsRefused() throws NoSuchAlgorithmException {
		ConsulTls tls = new ConsulTls(SSLContext.getDefault());
		assertThatIllegalArgumentException().isThrownBy(() -> SETTINGS.withTls(tls))
			.withMessage("scheme: 'http' (expected: https, since TLS is configured)");
		assertThatNoException().isThrownBy(() -> ConsulSettings.of(URI.create("https://consul")).withTls(tls));
	}

	@Test
	@Proves({ "I25", "I26", "I27", "I13" })
	void durationsHaveLimits() {
		ConsulQuery query = ConsulQuery.DEFAULT;
		assertInvalid(() -> query.withMaxWait(Duration.ZERO), "wait: 0s (expected: 1s to 10m)");
		assertInvalid(() -> query.withMaxWait(Duration.ofMinutes(11)), "wait: 11m (expected: 1s to 10m)");
		ConsulCheck check = ConsulCheck.DEFAULT;
		assertInvalid(() -> check.withProbes(Duration.ofMillis(10), Duration.ofSeconds(1)),
				"check.interval: 10ms (expected: 1s to 60m)");
		assertInvalid(() -> check.withProbes(Duration.ofSeconds(1), Duration.ZERO),
				"check.timeout: 0s (expected: 100ms to 60m)");
		assertInvalid(() -> check.withTtl(Duration.ZERO), "check.ttl: 0s (expected: 2s to 1d)");
		assertInvalid(() -> check.withDeregisterAfter(Duration.ofSeconds(10)),
				"check.deregister-after: 10s (expected: 1m to 365d)");
		assertInvalid(() -> SETTINGS.withAuditInterval(Duration.ofSeconds(6)),
				"audit-interval: 6s (expected: 500ms to 5s)");
		assertInvalid(() -> SETTINGS.withRequestTimeout(Duration.ofDays(30)),
				"request-timeout: 30d (expected: 100ms to 5m)");
	}

	@Test
	void textsHaveRules() {
		assertInvalid(() -> ConsulQuery.DEFAULT.withTags(List.of("a", "")),
				"tag: '' (expected: 1 to 1024 characters, none of them a control character)");
		assertInvalid(() -> ConsulQuery.DEFAULT.withFilter("a\nb"),
				"filter: 'a\\u000Ab' (expected: 1 to 1024 characters, none of them a control character)");
		assertInvalid(() -> SETTINGS.withNamespace(" ", null),
				"namespace: ' ' (expected: 1 to 1024 characters, none of them a control character)");
		assertInvalid(() -> ConsulCheck.DEFAULT.withServices(List.of("a/b")),
				"check.services: 'a/b' (expected: the full name of a gRPC service, such as grpc.health.v1.Health)");
		assertInvalid(() -> ConsulCheck.DEFAULT.withTls(true, "a:1"),
				"check.tls-server-name: 'a:1' (expected: a host name or an IP literal, alone; the port is a setting of its own)");
	}

	private static void assertInvalid(Runnable change, String message) {
		assertThatIllegalArgumentException().isThrownBy(change::run).withMessage(message);
	}

}
