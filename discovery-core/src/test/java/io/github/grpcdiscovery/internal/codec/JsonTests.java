package io.github.grpcdiscovery.internal.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class JsonTests {

	@Test
	void whatIsWrittenIsReadBack() {
		Map<String, Object> object = new LinkedHashMap<>();
		object.put("text", "a \"quoted\" \\ \n ä 🚀 \u2028");
		object.put("int", 9090);
		object.put("long", 1L << 40);
		object.put("double", 0.5);
		object.put("true", true);
		object.put("null", null);
		object.put("list", Arrays.asList("a", 1, null, List.of()));
		object.put("map", Map.of("k", Map.of()));
		assertThat(Json.readObject(Json.writeObject(object))).isEqualTo(object);
	}

	@Test
	void keepsTheOrderOfKeys() {
		assertThat(read("{\"z\":1,\"a\":2,\"m\":3}").keySet()).containsExactly("z", "a", "m");
	}

	@Test
	void writesWithoutWhiteSpace() {
		Map<String, Object> object = new LinkedHashMap<>();
		object.put("Op", 0);
		object.put("Addr", "10.0.0.1:9090");
		object.put("Metadata", null);
		assertThat(new String(Json.writeObject(object), StandardCharsets.UTF_8))
			.isEqualTo("{\"Op\":0,\"Addr\":\"10.0.0.1:9090\",\"Metadata\":null}");
	}

	@Test
	void refusesToWriteOtherTypes() {
		assertThatIllegalArgumentException().isThrownBy(() -> Json.writeObject(Map.of("x", new Object())))
			.withMessageStartingWith("java.lang.Object (expected: ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "null", "[]", "123", "\"text\"", "{", "{bad", "{\"a\":1", "{\"a\":1}}",
			"{\"a\":1} {\"b\":2}", "{\"a\":1,\"a\":2}", "\uFEFF{}", "{\"a\":NaN}", "{'a':1}", "{\"a\":01}",
			"{\"a\":11111111111111111111111111111111111111111111111111}" })
	@Proves("I32")
	void refusesWhatIsNotOneObject(String json) {
		assertThatIllegalArgumentException().isThrownBy(() -> read(json)).withMessageStartingWith("not ");
	}

	@Test
	@Proves("I32")
	void refusesInvalidUtf8AndUtf16() {
		byte[] json = "{\"a\":\"x\"}".getBytes(StandardCharsets.UTF_8);
		json[6] = (byte) 0xC0;
		assertThatIllegalArgumentException().isThrownBy(() -> Json.readObject(json)).withMessage("not UTF-8");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> Json.readObject("{\"a\":\"x\"}".getBytes(StandardCharsets.UTF_16BE)));
	}

	@Test
	@Proves("I34")
	void refusesTooManyBytesBeforeReadingThem() {
		byte[] json = ("{\"a\":\"" + "x".repeat(Json.MAX_BYTES) + "\"}").getBytes(StandardCharsets.UTF_8);
		assertThatIllegalArgumentException().isThrownBy(() -> Json.readObject(json))
			.withMessage("16392 bytes (expected: at most 16384)");
	}

	@Test
	@Proves("I34")
	void refusesDeepNesting() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> read("{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}"));
		assertThatIllegalArgumentException().isThrownBy(() -> read("{\"a\":" + "[".repeat(16) + "]".repeat(16) + "}"));
		assertThat(read("{\"a\":" + "[".repeat(15) + "]".repeat(15) + "}")).containsKey("a");
	}

	@Test
	@Proves("F73")
	void partOfAnAnswerThatIsTooDeepOrTooLongCostsOnlyItself() {
		String name = "n".repeat(3000);
		String deep = "[".repeat(20_000) + "]".repeat(20_000);
		assertThat(Json.readAnswer("[{\"%s\":1,\"deep\":[%s],\"good\":2}]".formatted(name, "{\"a\":" + deep + "}")))
			.isInstanceOfSatisfying(List.class,
					(list) -> assertThat(Json.asObject(list.get(0))).containsEntry(name, 1)
						.containsEntry("good", 2)
						.containsKey("deep"));
		assertThatIllegalArgumentException().isThrownBy(() -> Json.readAnswer("[".repeat(20_000)))
			.withMessageStartingWith("not JSON");
	}

	@Test
	void readsAnEnormousNumberAsSuch() {
		assertThat(read("{\"a\":1e400}")).containsEntry("a", Double.POSITIVE_INFINITY);
		assertThat(read("{\"a\":1099511627776}")).containsEntry("a", 1L << 40);
	}

	@Test
	@Proves("I48")
	void mutatedObjectsAreReadOrRefusedAndNothingElse() {
		byte[] seed = "{\"Op\":0,\"Addr\":\"10.0.0.1:9090\",\"Metadata\":{\"a\":[1,2.5,true,null,\"\\u00e4\"]}}"
			.getBytes(StandardCharsets.UTF_8);
		Random random = new Random(42);
		for (int i = 0; i < 20_000; i++) {
			byte[] json = Arrays.copyOf(seed, seed.length - random.nextInt(4));
			for (int changes = random.nextInt(4); changes >= 0; changes--) {
				json[random.nextInt(json.length)] = (byte) random.nextInt(256);
			}
			try {
				assertThat(Json.readObject(json)).isNotNull();
			}
			catch (IllegalArgumentException ex) {
				assertThat(ex).hasMessageStartingWith("not ");
			}
		}
	}

	private static Map<String, Object> read(String json) {
		return Json.readObject(json.getBytes(StandardCharsets.UTF_8));
	}

}
