package io.github.grpcdiscovery;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ServiceInstanceTests {

	@Test
	void anInstanceOfAnAddressIsNamedAfterIt() {
		assertThat(ServiceInstance.of("tag-service", "10.0.0.1", 9090).id()).isEqualTo("10.0.0.1:9090");
		assertThat(ServiceInstance.of("tag-service", "::1", 9090).id()).isEqualTo("[::1]:9090");
		assertThat(ServiceInstance.of("tag-service", "10.0.0.1", 9090).weight()).isEqualTo(100);
	}

	@Test
	void copiesItsCollections() {
		Map<String, String> metadata = new HashMap<>(Map.of("b", "2", "a", "1"));
		ServiceInstance instance = instance("id", 1, List.of("x", "y", "x"), metadata);
		metadata.put("c", "3");
		assertThat(instance.tags()).containsExactly("x", "y");
		assertThat(instance.metadata()).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> instance.metadata().put("d", "4"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "UserService", "user_service", "helloworld.Greeter", "User.RPC.v1", "/shop/orders",
			"//orders", "orders/", "..", "a?b", "a#b", "a%2Fb", "größe", "\uD83D\uDE80", "a b" })
	@Proves("I15")
	void anyReadableTextIsAServiceName(String service) {
		assertThat(ServiceInstance.of(service, "10.0.0.1", 9090).service()).isEqualTo(service);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a\u0000", "a\nb", "a\u0085", "a\uD83D", "\uDE80a" })
	@Proves("I15")
	void anIllegalServiceNameIsNamedWithItsRule(String service) {
		assertThatIllegalArgumentException().isThrownBy(() -> ServiceInstance.of(service, "10.0.0.1", 9090))
			.withMessageStartingWith("service: '")
			.withMessageEndingWith("' (expected: 1 to 512 characters, not blank, without control characters)");
	}

	@Test
	@Proves("I15")
	void aServiceNameHasAtMost512Characters() {
		assertThat(ServiceInstance.requireServiceName("a".repeat(512))).hasSize(512);
		assertThatIllegalArgumentException().isThrownBy(() -> ServiceInstance.requireServiceName("a".repeat(513)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a/b", "a?b", "a#b", "a%2Fb", "a b", "a\nb" })
	@Proves("I16")
	void anIllegalIdIsNamedWithItsRule(String id) {
		assertThatIllegalArgumentException().isThrownBy(() -> instance(id, 1, List.of(), Map.of()))
			.withMessageStartingWith("instance-id: '")
			.withMessageContaining("without / ? # %");
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 1001, Integer.MAX_VALUE })
	@Proves("I22")
	void aWeightOutOfRangeIsNamedWithItsRule(int weight) {
		assertThatIllegalArgumentException().isThrownBy(() -> instance("id", weight, List.of(), Map.of()))
			.withMessage("weight: %d (expected: 0 to 1000)", weight);
	}

	@Test
	@Proves("I23")
	void illegalMetadataIsNamedWithItsRule() {
		assertThatIllegalArgumentException().isThrownBy(() -> instance("id", 1, List.of(), Map.of("größe", "1")))
			.withMessage("metadata: 'größe' (expected: keys of [A-Za-z0-9_-]{1,128})");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> instance("id", 1, List.of(), Map.of("k", "v".repeat(513))))
			.withMessage("metadata[k]: 513 characters (expected: at most 512)");
		Map<String, String> many = new HashMap<>();
		for (int i = 0; i < 65; i++) {
			many.put("k" + i, "v");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> instance("id", 1, List.of(), many))
			.withMessage("metadata: 65 pairs (expected: at most 64)");
	}

	private static ServiceInstance instance(String id, int weight, List<String> tags, Map<String, String> metadata) {
		return ServiceInstance.builder("tag-service", "10.0.0.1", 9090)
			.id(id)
			.weight(weight)
			.tags(tags)
			.metadata(metadata)
			.build();
	}

}
