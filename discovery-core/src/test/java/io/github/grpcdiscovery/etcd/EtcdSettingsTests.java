package io.github.grpcdiscovery.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EtcdSettingsTests {

	private static final EtcdSettings DEFAULTS = EtcdSettings.of(URI.create("http://127.0.0.1:2379"));

	@Test
	void defaults() {
		assertThat(DEFAULTS.ttl()).isEqualTo(Duration.ofSeconds(15));
		assertThat(DEFAULTS.namespace()).isEmpty();
		assertThat(DEFAULTS.description()).isEqualTo("etcd (http://127.0.0.1:2379)");
	}

	@Test
	void endpointsAreBroughtIntoOneForm() {
		assertThat(EtcdSettings
			.of(URI.create("HTTP://Etcd-1:2379/"), URI.create("http://etcd-1:2379"), URI.create("http://etcd_2"))
			.endpoints()).containsExactly(URI.create("http://etcd-1:2379"), URI.create("http://etcd_2:2379"));
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1:2379,http://127.0.0.1:2379", "localhost:2379,http://localhost:2379",
			"etcd,http://etcd:2379", "https://etcd:1,https://etcd:1", "[::1]:2379,http://[::1]:2379",
			" http://[::1]:2379 ,http://[::1]:2379", "https://[2001:db8::1],https://[2001:db8::1]:2379" })
	@Proves("I2")
	void endpointsAreReadAsPeopleWriteThem(String text, String endpoint) {
		assertThat(EtcdSettings.builder(List.of(text)).build().endpoints()).containsExactly(URI.create(endpoint));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", ",,", "ftp://x", "unix:///x", "http://", "http://a b:1", "http://::1:2379",
			"http://host:99999", "http://host:0", "http://host:-1", "http://host:2379/path", "http://host:2379?x=y",
			"http://host:2379#f", "http://[fe80::1%25eth0]:2379", "a:b:c", "http://h1:1,h2:2" })
	@Proves("I4")
	void whatIsNoEndpointIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> EtcdSettings.builder(List.of(text)).build())
			.withMessageStartingWith("endpoints[0]: '")
			.withMessageContaining("(expected: http://host:port or https://host:port")
			.satisfies((ex) -> assertThat(ex.getMessage()).containsOnlyOnce("expected: "));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://u:s3cr3t@host:2379", "u:s3cr3t@host", "http://s3cr3t@ho st:1",
			"http://host:2379/?password=s3cr3t", "ftp://u:s3cr3t@host" })
	@Proves("I8")
	void whatMayBeAPasswordIsNotRepeated(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> EtcdSettings.builder(List.of(text)).build())
			.satisfies((ex) -> assertThat(ex).hasNoCause())
			.withMessageNotContaining("s3cr3t");
	}

	@Test
	void theEndpointIsNamed() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> EtcdSettings.of(URI.create("http://a:1"), URI.create("ftp://x")))
			.withMessageStartingWith("endpoints[1]: 'ftp://x' (expected: http://host:port");
		assertThatIllegalArgumentException().isThrownBy(() -> EtcdSettings.of(List.of()))
			.withMessage("endpoints: none (expected: at least one, such as http://127.0.0.1:2379)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> EtcdSettings.of(URI.create("http://a:1"), URI.create("https://b:1")))
			.withMessage("endpoints[1]: 'https://b:1' (expected: the scheme of endpoints[0], 'http://a:1')");
		assertThatIllegalArgumentException().isThrownBy(() -> EtcdSettings.of(URI.create("http://u:s3cr3t@a:1")))
			.withMessageStartingWith("endpoints[0]: holds user info")
			.withMessageNotContaining("s3cr3t");
	}

	@Test
	@Proves("I9")
	void userAndPasswordComeTogether() {
		assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.toBuilder().credentials("root", null).build())
			.withMessageContaining("password: missing");
		assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.toBuilder().credentials(null, "s3cr3t").build())
			.withMessageContaining("user: missing")
			.withMessageNotContaining("s3cr3t");
		assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.toBuilder().credentials(" ", "s3cr3t").build())
			.withMessageNotContaining("s3cr3t");
		assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.toBuilder().credentials("root", "").build());
	}

	@Test
	void thePasswordIsNotShown() {
		assertThat(DEFAULTS.toBuilder().credentials("root", "s3cr3t").build().toString()).contains("user=root")
			.doesNotContain("s3cr3t");
		assertThat(new EtcdRegistry(DEFAULTS.toBuilder().credentials("root", "s3cr3t").build(),
				io.github.grpcdiscovery.DiscoveryObserver.NONE)
			.toString()).doesNotContain("s3cr3t");
	}

	@Test
	@Proves("I7")
	void passwordInTheClearIsNoticedUnlessItStaysOnTheMachine() {
		assertThat(DEFAULTS.toBuilder().credentials("a", "b").build().sendsPasswordInTheClear()).isFalse();
		assertThat(EtcdSettings.builder(URI.create("http://etcd:2379"))
			.credentials("a", "b")
			.build()
			.sendsPasswordInTheClear()).isTrue();
		assertThat(EtcdSettings.builder(URI.create("https://etcd:2379"))
			.credentials("a", "b")
			.build()
			.sendsPasswordInTheClear()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S", "PT1S", "PT2S", "PT0.5S", "PT3.5S", "PT24H1S" })
	@Proves("I10")
	void ttlOutOfRangeIsRefused(Duration ttl) {
		assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.toBuilder().ttl(ttl).build())
			.withMessageMatching("ttl: [-0-9ms]+ \\(expected: (3s to 1d|whole seconds)\\)");
	}

	@Test
	@Proves({ "I12", "I13" })
	void timeoutsOutOfRangeAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(
				() -> DEFAULTS.toBuilder().requestTimeout(Duration.ZERO).connectTimeout(Duration.ofSeconds(1)).build())
			.withMessageStartingWith("request-timeout: 0s (expected: 100ms to 5m)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> DEFAULTS.toBuilder()
				.requestTimeout(Duration.ofSeconds(1))
				.connectTimeout(Duration.ofDays(100))
				.build())
			.withMessageStartingWith("connect-timeout: 100d ");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> DEFAULTS.toBuilder()
				.keepAliveTime(Duration.ofSeconds(1))
				.keepAliveTimeout(Duration.ofSeconds(1))
				.build())
			.withMessageStartingWith("keep-alive-time: 1s (expected: 10s to 5m)");
	}

	@ParameterizedTest
	@CsvSource({ "'',''", "grpc,grpc/", "grpc/,grpc/", "/grpc/prod,/grpc/prod/", "/,/" })
	void namespaceEndsInASlashUnlessEmpty(String namespace, String normal) {
		assertThat(DEFAULTS.toBuilder().namespace(namespace).build().namespace()).isEqualTo(normal);
	}

	@ParameterizedTest
	@ValueSource(strings = { " ", "a b", "//", "a//b", "a\u0000", "a\nb", "/ /" })
	@Proves("I14")
	void namespaceThatIsNoPrefixIsRefused(String namespace) {
		assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.toBuilder().namespace(namespace).build())
			.withMessageStartingWith("namespace: '");
	}

	@Test
	@Proves("I14")
	void namespaceThatIsTooLongIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.toBuilder().namespace("x".repeat(300)).build())
			.withMessageContaining("at most 256");
	}

	@Test
	void tlsNeedsHttps() {
		assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.toBuilder().tls(EtcdTls.DEFAULT).build())
			.withMessage("tls: set for http://127.0.0.1:2379 (expected: https:// endpoints)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a b", "http://x", "u@x" })
	void authorityIsAHostName(String authority) {
		assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.toBuilder().authority(authority).build())
			.withMessageStartingWith("authority: '");
	}

	@Test
	void targetKeepsIpv6Literals() {
		EtcdSettings settings = EtcdSettings.of(URI.create("https://[::1]:2379"), URI.create("https://b:1"));
		assertThat(EtcdEndpoint.target(settings.members(), null)).isEqualTo("ip:///%5B::1%5D:2379,b:1");
		assertThat(EtcdEndpoint.target(settings.members(), "etcd.internal"))
			.isEqualTo("ip://etcd.internal/%5B::1%5D:2379,b:1");
	}

	@Test
	void olderNettyIsExplained() {
		org.assertj.core.api.Assertions.assertThatIllegalStateException()
			.isThrownBy(() -> NettyRequirement.check(ClassLoader.getPlatformClassLoader()))
			.withMessageContaining("io.netty:netty-bom 4.2.18.Final");
	}

}
