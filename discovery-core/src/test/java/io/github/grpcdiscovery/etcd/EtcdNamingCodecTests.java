package io.github.grpcdiscovery.etcd;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.etcd.jetcd.ByteSequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EtcdNamingCodecTests {

	private static final ServiceInstance FULL = ServiceInstance.builder("orders", "::1", 9090)
		.id("orders-1")
		.weight(250)
		.zone("eu-1a")
		.version("1.2.3")
		.tags(List.of("canary", "b"))
		.metadata(Map.of("team", "blau \u2028", "empty", ""))
		.build();

	@Test
	void writesExactlyWhatGrpcGoReads() {
		assertThat(text(EtcdNamingCodec.encode(ServiceInstance.of("orders", "10.0.0.1", 9090), "me"))).isEqualTo(
				"{\"Op\":0,\"Addr\":\"10.0.0.1:9090\",\"Metadata\":{\"id\":\"10.0.0.1:9090\",\"owner\":\"me\",\"weight\":100}}");
		assertThat(text(EtcdNamingCodec.encode(FULL, "me"))).startsWith(
				"{\"Op\":0,\"Addr\":\"[::1]:9090\",\"Metadata\":{\"id\":\"orders-1\",\"owner\":\"me\",\"weight\":250,\"zone\":\"eu-1a\",\"version\":\"1.2.3\",\"tags\":[\"canary\",\"b\"],\"metadata\":{\"empty\":\"\",\"team\":\"blau ");
	}

	@Test
	void readsWhatItWrites() {
		DecodedRecord decoded = EtcdNamingCodec.decode("orders", "orders-1", EtcdNamingCodec.encode(FULL, "me"));
		assertThat(decoded.instance()).isEqualTo(FULL);
		assertThat(decoded.owner()).isEqualTo("me");
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "1", "\"x\"", "[1,[2]]", "{}", "{\"weight\":{},\"tags\":3,\"metadata\":[]}",
			"true", "{\"id\":7,\"owner\":[],\"zone\":null,\"x\":{\"y\":[{}]}}", "1e400" })
	void readsAnyMetadata(String metadata) {
		DecodedRecord decoded = decode("{\"Op\":0,\"Addr\":\"10.0.0.1:9090\",\"Metadata\":" + metadata + "}");
		assertThat(decoded.instance()).isEqualTo(ServiceInstance.of("orders", "10.0.0.1", 9090));
	}

	@Test
	@Proves("I33")
	void readsWithoutOpAndMetadataAndWithUnknownFields() {
		assertThat(decode("{ \"Addr\" : \"db.example.com:1\", \"New\":{\"a\":[1]} }").instance().host())
			.isEqualTo("db.example.com");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"addr\":\"10.0.0.1:9090\"}", "{\"ADDR\":\"10.0.0.1:9090\",\"op\":0}",
			"{\"Op\":1,\"Addr\":\"10.0.0.1:9090\"}", "{\"Op\":null,\"Addr\":\"10.0.0.1:9090\"}",
			"{\"op\":255,\"addr\":\"10.0.0.1:9090\",\"metadata\":{\"weight\":100}}",
			"{\"addr\":\"other:1\",\"Addr\":\"10.0.0.1:9090\"}" })
	void readsWhatGrpcGoReads(String value) {
		assertThat(decode(value).instance()).isEqualTo(ServiceInstance.of("orders", "10.0.0.1", 9090));
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1:0", "1e9:1000", "99999999999:1000", "0.5:0", "\"7\":100", "null:100" })
	@Proves("I38")
	void oddWeightsAreForcedIntoTheRange(String weightAndResult) {
		int colon = weightAndResult.lastIndexOf(':');
		DecodedRecord decoded = decode(
				"{\"Addr\":\"10.0.0.1:1\",\"Metadata\":{\"weight\":" + weightAndResult.substring(0, colon) + "}}");
		assertThat(decoded.instance().weight()).isEqualTo(Integer.parseInt(weightAndResult.substring(colon + 1)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "123", "{bad", "{\"Addr\":\"10.0.0.1:9090\"", "{}", "{\"Addr\":7}",
			"\uFEFF{\"Addr\":\"10.0.0.1:9090\"}", "{\"Addr\":\"10.0.0.1:9090\"} x",
			"{\"Op\":-1,\"Addr\":\"10.0.0.1:9090\"}", "{\"Op\":0.5,\"Addr\":\"10.0.0.1:9090\"}",
			"{\"Op\":256,\"Addr\":\"10.0.0.1:9090\"}", "{\"Op\":\"0\",\"Addr\":\"10.0.0.1:9090\"}",
			"{\"Addr\":\"10.0.0.1:9090\",\"Addr\":\"10.0.0.2:9090\"}", "{\"Addr\":\"\",\"Metadata\":null}" })
	void whatIsNoRecordIsMalformed(String value) {
		assertThat(decode(value).instance()).isNull();
		assertThat(decode(value).problem()).isNotBlank();
	}

	@ParameterizedTest
	@ValueSource(strings = { "unix:/run/x", "dns:///evil", "file:/etc/passwd", "a,b", "a,b:1", "10.0.0.1:9090\\r\\n",
			"\\u202e10.0.0.1:9090", "10.0.0.1", "10.0.0.1:0", "10.0.0.1:-5", "10.0.0.1:65536", "10.0.0.1:9090.5",
			"10.0.0.1:1099511627776", "169.254.169.254:80", "224.0.0.1:80", "255.255.255.255:80", "0.0.0.0:80",
			"[::]:80", "[fe80::1]:80", "[fe80::1%eth0]:80", "[ff02::1]:80", "::1:80", "http://10.0.0.1:80",
			"user@10.0.0.1:80" })
	void addressesThatNoServerHasAreMalformed(String address) {
		DecodedRecord decoded = decode("{\"Op\":0,\"Addr\":\"" + address + "\",\"Metadata\":null}");
		assertThat(decoded.instance()).isNull();
		assertThat(decoded.problem()).isNotBlank();
	}

	@Test
	void loopbackIsAnAddress() {
		assertThat(decode("{\"Addr\":\"127.0.0.1:1\"}").instance()).isNotNull();
		assertThat(decode("{\"Addr\":\"[::1]:1\"}").instance()).isNotNull();
		assertThat(decode("{\"Addr\":\"localhost:1\"}").instance()).isNotNull();
	}

	@Test
	void idThatIsNoneGivesWayToTheOneInTheValueOrTheAddress() {
		ByteSequence plain = JetcdClient.bytes("{\"Addr\":\"10.0.0.1:9090\"}");
		assertThat(EtcdNamingCodec.decode("orders", "a b?", plain).instance().id()).isEqualTo("10.0.0.1:9090");
		ByteSequence named = JetcdClient.bytes("{\"Addr\":\"10.0.0.1:9090\",\"Metadata\":{\"id\":\"x\"}}");
		assertThat(EtcdNamingCodec.decode("orders", "a b?", named).instance().id()).isEqualTo("x");
	}

	@Test
	@Proves("I34")
	void bigAndDeepValuesAreMalformed() {
		assertThat(decode("{\"Addr\":\"10.0.0.1:1\",\"Metadata\":\"" + "x".repeat(20_000) + "\"}").problem())
			.contains("at most 16384");
		assertThat(
				decode("{\"Addr\":\"10.0.0.1:1\",\"Metadata\":" + "[".repeat(5000) + "]".repeat(5000) + "}").instance())
			.isNull();
		assertThat(EtcdNamingCodec.decode("orders", "id", ByteSequence.from(new byte[] { '{', (byte) 0xff, '}' }))
			.problem()).isEqualTo("not UTF-8");
	}

	@Test
	@Proves("I23")
	void instanceThatOthersCouldNotReadIsRefused() {
		Map<String, String> metadata = new java.util.HashMap<>();
		for (int i = 0; i < 64; i++) {
			metadata.put("key" + i, "x".repeat(500));
		}
		ServiceInstance big = ServiceInstance.builder("orders", "10.0.0.1", 1).id("big").metadata(metadata).build();
		assertThatIllegalArgumentException().isThrownBy(() -> EtcdNamingCodec.encode(big, "me"))
			.withMessageStartingWith("instance 'big': ")
			.withMessageContaining("expected: at most 16384");
	}

	@Test
	@Proves("I48")
	void randomMutationsNeverThrow() {
		Random random = new Random(42);
		byte[] seed = EtcdNamingCodec.encode(FULL, "me").getBytes();
		for (int i = 0; i < 10_000; i++) {
			byte[] mutated = seed.clone();
			for (int j = 0; j <= random.nextInt(8); j++) {
				mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
			}
			int length = random.nextBoolean() ? mutated.length : random.nextInt(mutated.length);
			ByteSequence value = ByteSequence.from(java.util.Arrays.copyOf(mutated, length));
			DecodedRecord decoded = EtcdNamingCodec.decode("orders", "id", value);
			assertThat((decoded.instance() == null) != (decoded.problem() == null)).isTrue();
		}
	}

	private static DecodedRecord decode(String value) {
		return EtcdNamingCodec.decode("orders", "10.0.0.1:9090", JetcdClient.bytes(value));
	}

	private static String text(ByteSequence value) {
		return value.toString(StandardCharsets.UTF_8);
	}

}
