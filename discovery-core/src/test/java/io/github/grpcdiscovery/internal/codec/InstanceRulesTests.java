package io.github.grpcdiscovery.internal.codec;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class InstanceRulesTests {

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.1", "127.0.0.1", "::1", "2001:db8::1", "db.example.com", "localhost", "8.8.8.8" })
	void addressesOfServersMayBeCalled(String host) {
		assertThat(InstanceRules.requireCallable(host, 9090)).isEqualTo(new HostAndPort(host, 9090));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "::", "0.1.2.3", "169.254.169.254", "fe80::1", "224.0.0.1", "ff02::1",
			"255.255.255.255", "240.0.0.1", "::ffff:169.254.169.254" })
	@Proves("I36")
	void addressesThatNoServerHasMayNot(String host) {
		assertThatIllegalArgumentException().isThrownBy(() -> InstanceRules.requireCallable(host, 9090))
			.withMessageStartingWith("host: '" + host + "' (expected: ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "unix:/run/x", "dns:///evil", "file:", "a,b", "host:80", "a\r\nb", "a\u202Eb",
			"fe80::1%eth0", "[::1]", "-a", "1.2.3.4.5" })
	@Proves("I35")
	void whatIsNoAddressMayNot(String host) {
		assertThatIllegalArgumentException().isThrownBy(() -> InstanceRules.requireCallable(host, 9090));
	}

	@Test
	@Proves("I38")
	void weightIsForcedIntoItsRange() {
		assertThat(InstanceRules.weight(null)).isEqualTo(100);
		assertThat(InstanceRules.weight("7")).isEqualTo(100);
		assertThat(InstanceRules.weight(Double.NaN)).isEqualTo(100);
		assertThat(InstanceRules.weight(0)).isZero();
		assertThat(InstanceRules.weight(-1)).isZero();
		assertThat(InstanceRules.weight(250L)).isEqualTo(250);
		assertThat(InstanceRules.weight(3L * Integer.MAX_VALUE)).isEqualTo(1000);
		assertThat(InstanceRules.weight(Double.POSITIVE_INFINITY)).isEqualTo(1000);
		assertThat(InstanceRules.weight(BigInteger.TEN.pow(30))).isEqualTo(1000);
	}

	@Test
	@Proves("I37")
	void portIsAWholeNumberInItsRange() {
		assertThat(InstanceRules.requirePort(1)).isEqualTo(1);
		assertThat(InstanceRules.requirePort(65535)).isEqualTo(65535);
		for (Object port : Arrays.asList(0, -5, 65536, "9090", 9090.5, 1L << 40, null, true)) {
			assertThatIllegalArgumentException().isThrownBy(() -> InstanceRules.requirePort(port))
				.withMessage("port: '%s' (expected: a number from 1 to 65535)", port);
		}
	}

	@Test
	void oddTextCountsAsAbsent() {
		assertThat(InstanceRules.text("a")).isEqualTo("a");
		assertThat(InstanceRules.text("")).isNull();
		assertThat(InstanceRules.text(null)).isNull();
		assertThat(InstanceRules.text(1)).isNull();
		assertThat(InstanceRules.text("x".repeat(513))).isNull();
	}

	@Test
	void oddTagsAreLeftOut() {
		assertThat(InstanceRules.tags(null)).isEmpty();
		assertThat(InstanceRules.tags("a")).isEmpty();
		assertThat(InstanceRules.tags(Arrays.asList("b", null, "a", 1, "b", ""))).containsExactly("b", "a");
		assertThat(InstanceRules.tags(IntStream.range(0, 100).mapToObj(String::valueOf).toList())).hasSize(64);
	}

	@Test
	void oddMetadataIsLeftOut() {
		assertThat(InstanceRules.metadata(null)).isEmpty();
		assertThat(InstanceRules.metadata(List.of("a"))).isEmpty();
		assertThat(InstanceRules.metadata(Map.of("a", "b", "n", 1, "d", 2.5, "t", true, "a.b", "dot", "l", List.of())))
			.isEqualTo(Map.of("a", "b", "n", "1", "d", "2.5", "t", "true"));
		assertThat(InstanceRules.metadata(Collections.singletonMap("a", null))).isEmpty();
		assertThat(InstanceRules.metadata(Map.of("long", "x".repeat(513), "inf", Double.POSITIVE_INFINITY))).isEmpty();
		assertThat(InstanceRules
			.metadata(IntStream.range(0, 100).boxed().collect(Collectors.toMap((i) -> "k" + i, (i) -> "v"))))
			.hasSize(64);
	}

}
