package io.github.grpcdiscovery.internal.codec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Small JSON objects as maps, read with limits: whoever may write to a registry must not
 * be able to exhaust who reads it. Values are strings, numbers, booleans, {@code null},
 * lists and maps of them.
 */
public final class Json {

	/** Size of the largest object that is read: 16 KiB. */
	public static final int MAX_BYTES = 16 * 1024;

	private static final int MAX_DEPTH = 16;

	private static final JsonFactory factory = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder()
			.maxNestingDepth(MAX_DEPTH)
			.maxNumberLength(32)
			.maxNameLength(512)
			.build())
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.build();

	// one value among many may be of any kind, and costs no more than the text's size
	private static final JsonFactory answers = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder()
			.maxNestingDepth(Integer.MAX_VALUE)
			.maxNameLength(Integer.MAX_VALUE)
			.build())
		.build();

	private Json() {
	}

	/**
	 * Reads one object and nothing else.
	 * @param json text in UTF-8, without byte order mark
	 * @return the object in the order it was written
	 * @throws IllegalArgumentException saying why it cannot be read; untrusted text may
	 * be part of the message
	 */
	public static Map<String, @Nullable Object> readObject(byte[] json) {
		if (json.length > MAX_BYTES) {
			throw new IllegalArgumentException("%d bytes (expected: at most %d)".formatted(json.length, MAX_BYTES));
		}
		Object value = read(decode(json));
		if (value instanceof Map<?, ?>) {
			return asObject(value);
		}
		throw new IllegalArgumentException("not a JSON object");
	}

	/**
	 * Reads one value and nothing else.
	 * @param json the text, whose size the caller has limited
	 * @return the value
	 * @throws IllegalArgumentException saying why it cannot be read; untrusted text may
	 * be part of the message
	 */
	public static @Nullable Object read(String json) {
		return read(factory, json);
	}

	/**
	 * Reads what a registry answered: values of many, of which none may make the others
	 * unreadable. What stands in more than 16 lists and objects is read as {@code null}.
	 * @param json the text, whose size the caller has limited
	 * @return the value
	 * @throws IllegalArgumentException saying why it cannot be read; untrusted text may
	 * be part of the message
	 */
	public static @Nullable Object readAnswer(String json) {
		return read(answers, json);
	}

	private static @Nullable Object read(JsonFactory factory, String json) {
		try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), json)) {
			if (parser.nextToken() == null) {
				throw new IllegalArgumentException("not JSON: empty");
			}
			Object value = value(parser, 0);
			if (parser.nextToken() != null) {
				throw new IllegalArgumentException("not one JSON value: something follows it");
			}
			return value;
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("not JSON: " + ex.getOriginalMessage(), ex);
		}
	}

	/**
	 * The value as an object.
	 * @param value a value that was read
	 * @return the object; empty if the value is something else
	 */
	@SuppressWarnings("unchecked")
	public static Map<String, @Nullable Object> asObject(@Nullable Object value) {
		return (value instanceof Map<?, ?> object) ? (Map<String, @Nullable Object>) object : Map.of();
	}

	static String decode(byte[] json) {
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
		}
		catch (CharacterCodingException ex) {
			throw new IllegalArgumentException("not UTF-8", ex);
		}
	}

	private static Map<String, @Nullable Object> object(JsonParser parser, int depth) {
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		for (String name = parser.nextName(); name != null; name = parser.nextName()) {
			parser.nextToken();
			object.put(name, value(parser, depth));
		}
		return object;
	}

	private static @Nullable Object value(JsonParser parser, int depth) {
		if (depth == MAX_DEPTH && parser.currentToken().isStructStart()) {
			parser.skipChildren();
			return null;
		}
		return switch (parser.currentToken()) {
			case START_OBJECT -> object(parser, depth + 1);
			case START_ARRAY -> array(parser, depth + 1);
			case VALUE_STRING -> parser.getString();
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
			case VALUE_TRUE -> Boolean.TRUE;
			case VALUE_FALSE -> Boolean.FALSE;
			default -> null;
		};
	}

	private static List<@Nullable Object> array(JsonParser parser, int depth) {
		List<@Nullable Object> array = new ArrayList<>();
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			array.add(value(parser, depth));
		}
		return array;
	}

	/**
	 * Writes an object.
	 * @param object keys and values, in the order of the map
	 * @return text in UTF-8, without white space
	 * @throws IllegalArgumentException if a value is of another type
	 */
	public static byte[] writeObject(Map<String, ? extends @Nullable Object> object) {
		ByteArrayOutputStream json = new ByteArrayOutputStream();
		try (JsonGenerator generator = factory.createGenerator(ObjectWriteContext.empty(), json)) {
			write(generator, object);
		}
		return json.toByteArray();
	}

	private static void write(JsonGenerator generator, @Nullable Object value) {
		if (value == null) {
			generator.writeNull();
		}
		else if (value instanceof String string) {
			generator.writeString(string);
		}
		else if (value instanceof Integer || value instanceof Long) {
			generator.writeNumber(((Number) value).longValue());
		}
		else if (value instanceof Double number) {
			generator.writeNumber(number);
		}
		else if (value instanceof Boolean bool) {
			generator.writeBoolean(bool);
		}
		else if (value instanceof Map<?, ?> map) {
			generator.writeStartObject();
			map.forEach((name, element) -> {
				generator.writeName(String.valueOf(name));
				write(generator, element);
			});
			generator.writeEndObject();
		}
		else if (value instanceof Iterable<?> elements) {
			generator.writeStartArray();
			elements.forEach((element) -> write(generator, element));
			generator.writeEndArray();
		}
		else {
			throw new IllegalArgumentException(
					"%s (expected: String, Integer, Long, Double, Boolean, Map, Iterable or null)"
						.formatted(value.getClass().getName()));
		}
	}

}
