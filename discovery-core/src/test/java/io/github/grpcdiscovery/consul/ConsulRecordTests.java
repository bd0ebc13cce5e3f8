package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ConsulRecordTests {

	@Test
	void recordIsWhatOthersCanRead() {
		ServiceInstance instance = ServiceInstance.builder("orders", "10.0.0.1", 9090)
			.id("10.0.0.1:9090")
			.weight(250)
			.zone("a")
			.version("1.2.0")
			.tags(List.of("canary"))
			.metadata(Map.of("team", "x"))
			.build();
		ConsulRecord record = ConsulRecord.of(instance, ConsulCheck.DEFAULT);
		assertThat(record.body()).isEqualTo("""
				{"ID":"orders-10.0.0.1-9090","Name":"orders","Address":"10.0.0.1","Port":9090,\
				"Tags":["canary","version=1.2.0"],\
				"Meta":{"gRPC_port":"9090","version":"1.2.0","zone":"a","weight":"250",\
				"grpc-discovery-owner":"%s","team":"x"},\
				"TaggedAddresses":{"grpc":{"Address":"grpc://10.0.0.1:9090","Port":9090}},\
				"EnableTagOverride":false,"Weights":{"Passing":250,"Warning":1},\
				"Checks":[{"CheckID":"service:orders-10.0.0.1-9090","Name":"gRPC health","GRPC":"10.0.0.1:9090",\
				"GRPCUseTLS":false,"Interval":"5s","Timeout":"2s","Status":"passing",\
				"DeregisterCriticalServiceAfter":"30m"}]}""".formatted(record.owner()));
	}

	@Test
	void drainedInstanceHasAWeightThatConsulTakes() {
		ServiceInstance drained = ServiceInstance.builder("orders", "h", 1).id("a").weight(0).build();
		Map<String, Object> json = ConsulRecord.of(drained, ConsulCheck.DEFAULT).json();
		assertThat(json.get("Weights")).isEqualTo(Map.of("Passing", 1, "Warning", 1));
		assertThat(Json.asObject(json.get("Meta"))).containsEntry("weight", "0");
	}

	@Test
	void checkByTtl() {
		ConsulCheck ttl = ConsulCheck.builder().kind(ConsulCheck.Kind.TTL).ttl(Duration.ofMillis(2500)).build();
		assertThat(checks(ttl)).containsExactly(Map.of("CheckID", "service:orders-h-1", "Name", "TTL", "TTL", "2500ms",
				"Status", "passing", "DeregisterCriticalServiceAfter", "30m"));
	}

	@Test
	void checksOfSingleServicesByTls() {
		ConsulCheck check = ConsulCheck.builder()
			.tls(true)
			.tlsServerName("orders.example.com")
			.services(List.of("a.B"))
			.build();
		assertThat(checks(check)).extracting((it) -> Json.asObject(it).get("CheckID"))
			.containsExactly("service:orders-h-1", "service:orders-h-1:a.B");
		assertThat(checks(check)).extracting((it) -> Json.asObject(it).get("GRPC")).containsExactly("h:1", "h:1/a.B");
		assertThat(checks(check)).allSatisfy((it) -> assertThat(Json.asObject(it)).containsEntry("GRPCUseTLS", true)
			.containsEntry("TLSServerName", "orders.example.com"));
		assertThat(ConsulRecord.of(ServiceInstance.of("orders", "::1", 1), check).body())
			.contains("\"GRPC\":\"[::1]:1\"", "grpcs://[::1]:1", "\"ID\":\"orders---1-1\"");
	}

	@Test
	void noCheck() {
		assertThat(checks(ConsulCheck.builder().kind(ConsulCheck.Kind.NONE).build())).isEmpty();
	}

	private static List<Object> checks(ConsulCheck check) {
		Object checks = ConsulRecord.of(ServiceInstance.of("orders", "h", 1), check).json().get("Checks");
		return List.copyOf((List<?>) checks);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a:1", "a-1", "[a]1", "ä1", "a\"1", "a;1", "a\u202e1" })
	@Proves("I16")
	void idIsFitForAUrlAndNeverMixedUp(String id) {
		ServiceInstance instance = ServiceInstance.builder("orders", "h", 1).id(id).build();
		assertThat(ConsulIds.of(instance)).matches("orders_[A-Za-z0-9._-]+");
		for (String other : List.of("a:2", "a-2", "b1", "a_1", "a|1")) {
			ServiceInstance sibling = ServiceInstance.builder("orders", "h", 1).id(other).build();
			assertThat(ConsulIds.of(sibling)).isNotEqualTo(ConsulIds.of(instance));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "UserService", "user_service", "shop/orders", "//orders", "..", "größe", "a%b" })
	@Proves("I15")
	void idOfAnyServiceNameIsFitForAUrlAndNeverMixedUp(String service) {
		String id = ConsulIds.of(ServiceInstance.of(service, "10.0.0.1", 9090));
		assertThat(id).matches("[a-z0-9.-]+-10.0.0.1-9090");
		assertThat(ConsulIds.of(ServiceInstance.of("userservice", "10.0.0.1", 9090))).isNotEqualTo(id);
		assertThat(ConsulIds.of(ServiceInstance.of("user-service", "10.0.0.1", 9090))).isNotEqualTo(id);
		assertThat(ConsulIds.of(withId("a", "b_1"))).isNotEqualTo(ConsulIds.of(withId("a_b", "1")));
	}

	@ParameterizedTest
	@ValueSource(strings = { ".", "..", "a\u202eb", "a\u00a0b" })
	@Proves("I15")
	void nameThatConsulDoesNotAnswerForIsRefused(String service) {
		ServiceInstance instance = ServiceInstance.of(service, "10.0.0.1", 9090);
		assertThatIllegalArgumentException().isThrownBy(() -> ConsulRecord.of(instance, ConsulCheck.DEFAULT))
			.withMessageStartingWith("service: '")
			.withMessageEndingWith("' (expected: printable characters and not '.' or '..', since Consul answers for no "
					+ "other name)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "weight", "zone", "version", "gRPC_port", "grpc-discovery-owner", "grpc-discovery-id",
			"consul-x" })
	void metadataThatIsOursOrConsulsIsRefused(String key) {
		assertThatIllegalArgumentException().isThrownBy(() -> register(Map.of(key, "1")))
			.withMessageStartingWith("metadata: '" + key + "' (expected: no key of [");
	}

	@Test
	@Proves("I23")
	void metadataHasConsulsLimits() {
		assertThatIllegalArgumentException().isThrownBy(() -> register(pairs(61)))
			.withMessage("metadata: 61 pairs (expected: at most 60, since Consul holds 64 and 4 are ours)");
		assertThat(register(pairs(60)).body()).contains("\"k59\"");
		assertThatIllegalArgumentException().isThrownBy(() -> register(Map.of("k", "é".repeat(257))))
			.withMessage("metadata[k]: 514 bytes in UTF-8 (expected: at most 512)");
		assertThat(register(Map.of("k", "é".repeat(256))).body()).contains("\"k\":\"é");
	}

	private static Map<String, String> pairs(int count) {
		return IntStream.range(0, count).boxed().collect(Collectors.toMap((i) -> "k" + i, String::valueOf));
	}

	private static ConsulRecord register(Map<String, String> metadata) {
		return ConsulRecord.of(
				ServiceInstance.builder("orders", "h", 1).id("my-id").metadata(new TreeMap<>(metadata)).build(),
				ConsulCheck.DEFAULT);
	}

	@Test
	void whatWasWrittenIsRecognised() {
		ConsulRecord record = ConsulRecord.of(ServiceInstance.of("orders", "h", 1), ConsulCheck.DEFAULT);
		Map<String, Object> service = new HashMap<>(Json.asObject(Json.read(record.body())));
		service.put("Service", service.remove("Name"));
		assertThat(record.isSame(service)).isTrue();
		assertThat(record.isOwner(service)).isTrue();
		for (String changed : List.of("Service", "Address", "Port", "Tags", "Meta", "TaggedAddresses")) {
			Map<String, Object> other = new HashMap<>(service);
			other.put(changed, "other");
			assertThat(record.isSame(other)).as(changed).isFalse();
		}
		assertThat(record.isOwner(Map.of("Meta", Map.of()))).isFalse();
		assertThat(record.isOwner(Map.of())).isFalse();
	}

	@Test
	void nameAndIdDoNotRunIntoOneAnother() {
		assertThat(ConsulIds.of(withId("orders", "v2-1"))).isEqualTo("orders_v2-1")
			.isNotEqualTo(ConsulIds.of(withId("orders-v2", "1")));
	}

	private static ServiceInstance withId(String service, String id) {
		return ServiceInstance.builder(service, "10.0.0.1", 9090).id(id).build();
	}

}
