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
		ConsulSettings settings = SETTINGS.toBuilder().token("geheim-4711").build();
		assertThat(settings.toString()).doesNotContain("geheim").contains("token=<hidden>");
		assertThat(settings.description()).isEqualTo("consul (http://127.0.0.1:8500)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a b", "a\r\nX-Evil: 1", "gehéim" })
	void tokenThatIsNoHeaderIsRefusedAndNotRepeated(String token) {
		assertThatIllegalArgumentException().isThrownBy(() -> SETTINGS.toBuilder().token(token).build())
			.withMessageStartingWith("token: <hidden> (expected: ");
	}

	@Test
	@Proves("I7")
	void tokenInTheClearIsKnown() {
		assertThat(SETTINGS.toBuilder().token("t").build().sendsTokenInTheClear()).isFalse();
		assertThat(ConsulSettings.builder(URI.create("http://localhost")).token("t").build().sendsTokenInTheClear())
			.isFalse();
		assertThat(ConsulSettings.builder(URI.create("http://[::1]")).token("t").build().sendsTokenInTheClear())
			.isFalse();
		assertThat(ConsulSettings.builder(URI.create("https://10.0.0.1")).token("t").build().sendsTokenInTheClear())
			.isFalse();
		assertThat(ConsulSettings.of(URI.create("http://10.0.0.1")).sendsTokenInTheClear()).isFalse();
		assertThat(ConsulSettings.builder(URI.create("http://10.0.0.1")).token("t").build().sendsTokenInTheClear())
			.isTrue();
	}

	@Test
	void tlsWithoutHttpsIsRefused() throws NoSuchAlgorithmException {
		ConsulTls tls = new ConsulTls(SSLContext.getDefault());
		assertThatIllegalArgumentException().isThrownBy(() -> SETTINGS.toBuilder().tls(tls).build())
			.withMessage("tls: set for http://127.0.0.1:8500 (expected: an https:// agent)");
		assertThatNoException().isThrownBy(() -> ConsulSettings.builder(URI.create("https://consul")).tls(tls).build());
	}

	@Test
	@Proves({ "I25", "I26", "I27", "I13" })
	void durationsHaveLimits() {
		ConsulQuery query = ConsulQuery.DEFAULT;
		assertInvalid(() -> query.toBuilder().maxWait(Duration.ZERO).build(), "wait: 0s (expected: 1s to 10m)");
		assertInvalid(() -> query.toBuilder().maxWait(Duration.ofMinutes(11)).build(),
				"wait: 11m (expected: 1s to 10m)");
		ConsulCheck check = ConsulCheck.DEFAULT;
		assertInvalid(() -> check.toBuilder().interval(Duration.ofMillis(10)).timeout(Duration.ofSeconds(1)).build(),
				"check.interval: 10ms (expected: 1s to 60m)");
		assertInvalid(() -> check.toBuilder().interval(Duration.ofSeconds(1)).timeout(Duration.ZERO).build(),
				"check.timeout: 0s (expected: 100ms to 60m)");
		assertInvalid(() -> check.toBuilder().ttl(Duration.ZERO).build(), "check.ttl: 0s (expected: 2s to 1d)");
		assertInvalid(() -> check.toBuilder().deregisterAfter(Duration.ofSeconds(10)).build(),
				"check.deregister-after: 10s (expected: 1m to 365d)");
		assertInvalid(() -> SETTINGS.toBuilder().auditInterval(Duration.ofSeconds(6)).build(),
				"audit-interval: 6s (expected: 500ms to 5s)");
		assertInvalid(() -> SETTINGS.toBuilder().requestTimeout(Duration.ofDays(30)).build(),
				"request-timeout: 30d (expected: 100ms to 5m)");
	}

	@Test
	void textsHaveRules() {
		assertInvalid(() -> ConsulQuery.builder().tags(List.of("a", "")).build(),
				"tag: '' (expected: 1 to 1024 characters, none of them a control character)");
		assertInvalid(() -> ConsulQuery.builder().filter("a\nb").build(),
				"filter: 'a\\u000Ab' (expected: 1 to 1024 characters, none of them a control character)");
		assertInvalid(() -> SETTINGS.toBuilder().namespace(" ").build(),
				"namespace: ' ' (expected: 1 to 1024 characters, none of them a control character)");
		assertInvalid(() -> ConsulCheck.builder().services(List.of("a/b")).build(),
				"check.services: 'a/b' (expected: the full name of a gRPC service, such as grpc.health.v1.Health)");
		assertInvalid(() -> ConsulCheck.builder().tls(true).tlsServerName("a:1").build(),
				"check.tls-server-name: 'a:1' (expected: a host name or an IP literal, alone; the port is a setting of its own)");
	}

	private static void assertInvalid(Runnable change, String message) {
		assertThatIllegalArgumentException().isThrownBy(change::run).withMessage(message);
	}

}
