package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.grpc.Attributes;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.NameResolver.ConfigOrError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.github.grpcdiscovery.resolver.BalancingSettings;
import io.github.grpcdiscovery.resolver.DiscoveryAttributes;

import static org.assertj.core.api.Assertions.assertThat;

class BalancerConfigTests {

	private final DiscoveryLoadBalancerProvider provider = new DiscoveryLoadBalancerProvider();

	@Test
	void serviceConfigWinsOverWhatTheResolverSays() {
		BalancingSettings settings = settings(Map.of("unresponsiveAfter", "1.5s", "warmUp", "0s", "zone", "b"));
		assertThat(settings.unresponsiveAfter()).isEqualTo(Duration.ofMillis(1500));
		assertThat(settings.warmUp()).isZero();
		assertThat(settings.zone()).isEqualTo("b");
		BalancingSettings rest = settings(Map.of("warmUp", "0.25s"));
		assertThat(rest.unresponsiveAfter()).isEqualTo(Duration.ofSeconds(7));
		assertThat(rest.warmUp()).isEqualTo(Duration.ofMillis(250));
		assertThat(rest.zone()).isEqualTo("a");
		assertThat(settings(Map.of()).zone()).isEqualTo("a");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"unresponsiveAfter | soon | discovery_least_load.unresponsiveAfter: 'soon' (expected: seconds, such as 1.5s)",
			"warmUp | -1s | discovery_least_load.warmUp: '-1s' (expected: seconds, such as 1.5s)",
			"warmUp | 99999999s | discovery_least_load.warmUp: '99999999s' (expected: at most 525600m)",
			"warmup | 1s | discovery_least_load.warmup (expected: unresponsiveAfter, warmUp, zone)" })
	void mistakeIsAnErrorThatNamesIt(String name, String value, String message) {
		ConfigOrError parsed = this.provider.parseLoadBalancingPolicyConfig(Map.of(name, value));
		assertThat(parsed.getError().getDescription()).isEqualTo(message);
	}

	@Test
	void zoneThatIsNoTextIsAnError() {
		assertThat(this.provider.parseLoadBalancingPolicyConfig(Map.of("zone", 1.0)).getError().getDescription())
			.isEqualTo("discovery_least_load.zone: '1.0' (expected: a text)");
	}

	private BalancingSettings settings(Map<String, ?> json) {
		BalancingSettings resolver = BalancingSettings.builder()
			.unresponsiveAfter(Duration.ofSeconds(7))
			.zone("a")
			.build();
		return BalancerConfig.settings(ResolvedAddresses.newBuilder()
			.setAddresses(List.of())
			.setAttributes(Attributes.newBuilder().set(DiscoveryAttributes.BALANCING, resolver).build())
			.setLoadBalancingPolicyConfig(this.provider.parseLoadBalancingPolicyConfig(json).getConfig())
			.build());
	}

}
