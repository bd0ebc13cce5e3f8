package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.DiscoveryOptions;
import io.github.grpcdiscovery.resolver.DiscoveryTarget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ConsulTargetOptionsTests {

	private static final URI CONFIGURED = URI.create("http://127.0.0.1:8500");

	@Test
	void optionsChangeOneThingEach() {
		ConsulQuery configured = ConsulQuery.builder().datacenter("dc1").tags(List.of("v0")).build();
		assertThat(query(configured, "")).isEqualTo(configured);
		assertThat(query(configured, "?dc=dc2")).isEqualTo(configured.toBuilder().datacenter("dc2").build());
		assertThat(query(configured, "?tag=v1&tag=eu"))
			.isEqualTo(configured.toBuilder().tags(List.of("v1", "eu")).build());
		assertThat(query(configured, "?near=_agent")).isEqualTo(configured.toBuilder().near("_agent").build());
		assertThat(query(configured, "?passing=true")).isEqualTo(configured.toBuilder().passingOnly(true).build());
		assertThat(query(configured.toBuilder().passingOnly(true).build(), "?healthy=false")).isEqualTo(configured);
		assertThat(query(configured, "?wait=1500ms"))
			.isEqualTo(configured.toBuilder().maxWait(Duration.ofMillis(1500)).build());
		assertThat(query(configured, "?wait=30s"))
			.isEqualTo(configured.toBuilder().maxWait(Duration.ofSeconds(30)).build());
		assertThat(query(configured, "?wait=2m"))
			.isEqualTo(configured.toBuilder().maxWait(Duration.ofMinutes(2)).build());
		assertThat(query(configured, "?filter=Service.Meta.zone%20%3D%3D%20%22a%22"))
			.isEqualTo(configured.toBuilder().filter("Service.Meta.zone == \"a\"").build());
	}

	@Test
	void queryIsNamedByWhatTellsItFromTheConfiguredOne() {
		ConsulQuery configured = ConsulQuery.builder().tags(List.of("v0")).build();
		assertThat(ConsulTargetOptions.text(configured, configured)).isEmpty();
		String all = "?dc=dc2&filter=Node+%3D%3D+%22a%22&near=_agent&passing=true&tag=v1&tag=eu&wait=30s";
		assertThat(ConsulTargetOptions.text(query(configured, all), configured)).isEqualTo(all);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"?tga=v1 | option 'tga': 'v1' (expected: one of the options of consul: dc, filter, healthy, near, "
					+ "passing, scheme, tag, wait)", //
			"?dc=a&dc=b | option 'dc': 'a', 'b' (expected: once)",
			"?passing=yes | option 'passing': 'yes' (expected: true or false)",
			"?healthy= | option 'healthy': '' (expected: true or false)",
			"?passing=true&healthy=true | option 'healthy': 'true' (expected: one of passing and healthy, which "
					+ "are the same)", //
			"?wait=1h | option 'wait': '1h' (expected: a number with the unit ms, s or m, such as 30s)",
			"?wait=11m | option 'wait': wait: 11m (expected: 1s to 10m)",
			"?wait=999999999m | option 'wait': wait: 999999999m (expected: 1s to 10m)",
			"?dc= | option 'dc': datacenter: '' (expected: 1 to 1024 characters, none of them a control character)",
			"?tag=a%0Ab | option 'tag': tag: 'a\\u000Ab' (expected: 1 to 1024 characters, none of them a control "
					+ "character)", //
			"?token=s3cret | option 'token': <hidden> (expected: one of the options of consul: dc, filter, "
					+ "healthy, near, passing, scheme, tag, wait)" })
	void optionThatIsWrongIsNamedWithItsRule(String query, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> query(ConsulQuery.DEFAULT, query)).withMessage(message);
	}

	@ParameterizedTest
	@CsvSource({ "consul:///a,http://127.0.0.1:8500", "consul://127.0.0.1:8500/a,http://127.0.0.1:8500",
			"consul://127.0.0.1/a,http://127.0.0.1:8500", "consul://Consul.Example:8501/a,http://consul.example:8501",
			"consul://[::1]:8500/a,http://[::1]:8500",
			"consul://127.0.0.1:8500/a?scheme=https,https://127.0.0.1:8500" })
	void agentIsTheOneInTheTarget(String target, String agent) {
		assertThat(ConsulTargetOptions.agent(CONFIGURED, options(target))).hasToString(agent);
	}

	@Test
	void anotherAgentIsSpokenToLikeTheConfiguredOne() {
		URI configured = URI.create("https://127.0.0.1:8501");
		assertThat(ConsulTargetOptions.agent(configured, options("consul://c2:8501/a"))).hasToString("https://c2:8501");
		assertThat(ConsulTargetOptions.agent(configured, options("consul://c2:8500/a?scheme=http")))
			.hasToString("http://c2:8500");
	}

	@ParameterizedTest
	@ValueSource(strings = { "consul://:8500/a", "consul://h:0/a", "consul://h:65536/a", "consul://h:85x/a",
			"consul://a:1,b:2/a", "consul://h_:1:2/a" })
	void agentThatIsNoneIsRefused(String target) {
		assertThatIllegalArgumentException().isThrownBy(() -> ConsulTargetOptions.agent(CONFIGURED, options(target)))
			.withMessageContaining("(expected: ");
	}

	@Test
	void schemeNeedsAnAgentAndIsOneOfTwo() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ConsulTargetOptions.agent(CONFIGURED, options("consul:///a?scheme=https")))
			.withMessageStartingWith("option 'scheme': 'https' (expected: only where the target names an agent");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ConsulTargetOptions.agent(CONFIGURED, options("consul://h:1/a?scheme=ftp")))
			.withMessage("option 'scheme': 'ftp' (expected: http or https)");
	}

	@Test
	void optionsOfNobodyAreNone() {
		assertThat(new DiscoveryOptions(null, Map.of())).isEqualTo(DiscoveryOptions.NONE);
		assertThat(DiscoveryOptions.NONE.isEmpty()).isTrue();
	}

	private static ConsulQuery query(ConsulQuery configured, String query) {
		return ConsulTargetOptions.query(configured, options("consul:///orders" + query));
	}

	private static DiscoveryOptions options(String target) {
		return DiscoveryTarget.parse(URI.create(target)).options();
	}

}
