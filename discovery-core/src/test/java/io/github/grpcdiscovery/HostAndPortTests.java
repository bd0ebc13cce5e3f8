package io.github.grpcdiscovery;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HostAndPortTests {

	@ParameterizedTest
	@CsvSource({ "10.0.0.1:9090,10.0.0.1,9090", "[::1]:9090,::1,9090", "[2001:db8::10.0.0.1]:1,2001:db8::10.0.0.1,1",
			"tag-service.prod.svc.cluster.local:65535,tag-service.prod.svc.cluster.local,65535",
			"my_host:80,my_host,80", "a.:80,a.,80" })
	void readsWhatItWrites(String text, String host, int port) {
		HostAndPort address = HostAndPort.parse(text);
		assertThat(address).isEqualTo(new HostAndPort(host, port));
		assertThat(address).hasToString(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "10.0.0.1", ":9090", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:-5", "10.0.0.1:65536",
			"10.0.0.1:70000", "10.0.0.1:9090.5", "10.0.0.1:1099511627776", "10.0.0.1: 9090", "10.0.0.1:९०", "::1:9090",
			"[10.0.0.1]:9090", "[::1:9090", "::1]:9090", "[fe80::1%eth0]:9090", "unix:/run/x:1", "dns:///evil:80",
			"http://10.0.0.1:80", "a,b:80", "a b:80", "a/b:80", "a@b:80", "300.0.0.1:80", "1.2.3:80", "1.2.3.4.:80",
			"1.2.3.4.5:80", "1..2.3:80", ".1.2.3.4:80", "01.2.3.4:80", "1.2.3.00:80", "1.2.3.256:80", "1.2.3.1000:80",
			"-a:80", "a..b:80", "ho\u202est:80", "host\r\n:80" })
	@Proves("I19")
	void refusesEverythingElse(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> HostAndPort.parse(text))
			.withMessageContaining("(expected: ");
	}

	@Test
	void namesWhatIsWrongOnOneLine() {
		assertThatIllegalArgumentException().isThrownBy(() -> HostAndPort.parse("evil\r\nhost:80"))
			.withMessage("host: 'evil\\u000D\\u000Ahost' (expected: an IPv4 or IPv6 literal without zone, "
					+ "or a host name; no scheme, no port)");
		assertThatIllegalArgumentException().isThrownBy(() -> new HostAndPort("a", 70000))
			.withMessage("port: 70000 (expected: 1 to 65535)");
	}

	@Test
	void tellsLiteralsFromNames() {
		assertThat(new HostAndPort("10.0.0.1", 1).isLiteral()).isTrue();
		assertThat(new HostAndPort("0.0.0.0", 1).isLiteral()).isTrue();
		assertThat(new HostAndPort("255.255.255.255", 1).isLiteral()).isTrue();
		assertThat(new HostAndPort("10.0.0.a", 1).isLiteral()).isFalse();
		assertThat(new HostAndPort("::1", 1).isLiteral()).isTrue();
		assertThat(new HostAndPort("localhost", 1).isLiteral()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "::", "0:0:0:0:0:0:0:0" })
	void knowsTheWildcard(String host) {
		assertThat(new HostAndPort(host, 1).isWildcard()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "::1", "localhost" })
	void knowsWhatIsNoWildcard(String host) {
		assertThat(new HostAndPort(host, 1).isWildcard()).isFalse();
	}

	@Test
	void staysQuickOnHostileText() {
		String hostile = "a-".repeat(50_000) + ":80";
		assertThatIllegalArgumentException().isThrownBy(() -> HostAndPort.parse(hostile))
			.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(400));
	}

}
