package io.github.grpcdiscovery.local;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.util.PrivateFiles;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class InstanceFileTests {

	private static final Duration TTL = Duration.ofSeconds(5);

	@Test
	void whatIsWrittenIsReadBack() {
		ServiceInstance instance = ServiceInstance.builder("svc", "::1", 9090)
			.id("Host-1:9090")
			.weight(7)
			.zone("z")
			.version("v")
			.tags(List.of("t"))
			.metadata(Map.of("k", "v"))
			.build();
		InstanceFile file = new InstanceFile(instance, "owner", 4711, TTL);
		assertThat(InstanceFile.read(InstanceFile.fileName(instance.id()), "svc", file.content())).isEqualTo(file);
		assertThat(file.holder()).isEqualTo("[::1]:9090 (process 4711)");
	}

	@Test
	void fileIsAnObjectThatPeopleCanRead() {
		InstanceFile file = new InstanceFile(ServiceInstance.of("svc", "10.0.0.1", 9090), "me", 42, TTL);
		assertThat(new String(file.content(), StandardCharsets.UTF_8)).isEqualTo(
				"{\"format\":1,\"id\":\"10.0.0.1:9090\",\"service\":\"svc\",\"host\":\"10.0.0.1\",\"port\":9090,\"weight\":100,"
						+ "\"zone\":null,\"version\":null,\"tags\":[],\"metadata\":{},\"owner\":\"me\",\"pid\":42,\"ttlMillis\":5000}");
	}

	@Test
	void unknownFieldsAreIgnoredAndOddOnesCostOnlyThemselves() {
		Map<String, Object> json = json();
		json.put("future", List.of(Map.of("a", 1)));
		json.put("weight", 5000);
		json.put("zone", 7);
		json.put("metadata", List.of());
		ServiceInstance instance = read(json).instance();
		assertThat(instance.weight()).isEqualTo(1000);
		assertThat(instance.zone()).isNull();
		assertThat(instance.metadata()).isEmpty();
	}

	@Test
	void entriesThatCannotBeUsedAreRefusedWithTheReason() {
		assertRefused("host", null, "host: 'null' (expected: text)");
		assertRefused("host", "0.0.0.0", "host: '0.0.0.0' (expected: ");
		assertRefused("port", 0, "port: '0' (expected: ");
		assertRefused("port", "9090", "port: '9090' (expected: ");
		assertRefused("id", "a/b", "instance-id: 'a/b' (expected: ");
		assertRefused("id", "other", "id: 'other' (expected: the one of the file's name)");
		assertRefused("service", "other", "service: 'other' (expected: svc)");
		assertRefused("owner", 1, "owner: '1' (expected: text)");
		assertRefused("ttlMillis", 0, "ttlMillis: '0' (expected: 1 to 86400000)");
		assertRefused("ttlMillis", 86_400_001, "ttlMillis: '86400001' (expected: 1 to 86400000)");
		assertRefused("format", 2, "format: '2' (expected: 1)");
		assertThatIllegalArgumentException().isThrownBy(() -> InstanceFile.read("id.json", "svc", new byte[0]));
	}

	@Test
	void instanceThatNobodyWouldReadIsNotWritten() {
		Map<String, String> metadata = IntStream.range(0, 64)
			.boxed()
			.collect(Collectors.toMap((i) -> "k" + i, (i) -> "v".repeat(512)));
		ServiceInstance instance = ServiceInstance.builder("svc", "10.0.0.1", 1)
			.id("id")
			.weight(1)
			.metadata(metadata)
			.build();
		assertThatIllegalArgumentException().isThrownBy(() -> new InstanceFile(instance, "me", 1, TTL).content())
			.withMessageMatching("instance 'id': \\d+ bytes \\(expected: at most 16384; use less metadata\\)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1:9090", "[::1]:9090", "Upper", "upper", "ä🚀", ".hidden", "..", "a.b", "a\\b",
			"a*b", "<>|\":", "con" })
	void namesAreSafeOnEveryFileSystem(String id) {
		assertThat(InstanceFile.fileName(id)).matches("[a-z0-9_%A-F-][a-z0-9._%A-F-]*\\.json")
			.satisfies((name) -> assertThat(InstanceFile.isFileName(name)).isTrue());
	}

	@ParameterizedTest
	@ValueSource(strings = { "UserService", "user_service", "shop/orders", "//orders", "..", ".", "größe" })
	@Proves("I15")
	void directoriesOfServicesAreSafeOnEveryFileSystem(String service) {
		assertThat(InstanceFile.directoryName(service)).matches("[a-z0-9_%A-F-][a-z0-9._%A-F-]*")
			.isNotEqualToIgnoringCase(InstanceFile.directoryName("userservice"));
		assertThat(InstanceFile.directoryName("tag-service.v1")).isEqualTo("tag-service.v1");
	}

	@Test
	void namesTellIdsApart() {
		assertThat(InstanceFile.fileName("127.0.0.1:9090")).isEqualTo("127.0.0.1%3A9090.json");
		assertThat(InstanceFile.fileName("a")).isNotEqualToIgnoringCase(InstanceFile.fileName("A"));
		String prefix = "x".repeat(254);
		assertThat(InstanceFile.fileName(prefix + "a")).isNotEqualTo(InstanceFile.fileName(prefix + "b"))
			.hasSizeLessThanOrEqualTo(255);
		assertThat(InstanceFile.fileName("🚀".repeat(127))).hasSizeLessThanOrEqualTo(255);
	}

	@Test
	void temporaryAndHiddenFilesAreNoInstances() {
		assertThat(InstanceFile.isFileName(".x.json")).isFalse();
		assertThat(InstanceFile.isFileName("x.json.tmp")).isFalse();
		assertThat(PrivateFiles.isTemporary(".6ba7b810-9dad-11d1-80b4-00c04fd430c8.tmp")).isTrue();
		assertThat(PrivateFiles.isTemporary("mine.tmp")).isFalse();
	}

	private static void assertRefused(String name, Object value, String message) {
		Map<String, Object> json = json();
		json.put(name, value);
		assertThatIllegalArgumentException().isThrownBy(() -> read(json)).withMessageStartingWith(message);
	}

	private static InstanceFile read(Map<String, Object> json) {
		return InstanceFile.read("id.json", "svc", Json.writeObject(json));
	}

	private static Map<String, Object> json() {
		return new LinkedHashMap<>(Map.of("format", 1, "id", "id", "service", "svc", "host", "10.0.0.1", "port", 9090,
				"owner", "me", "pid", 1, "ttlMillis", 5000));
	}

}
