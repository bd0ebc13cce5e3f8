package io.github.grpcdiscovery.internal.codec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads a service config into what gRPC's own parser takes, which knows no numbers but
 * {@link Double}.
 */
public final class ServiceConfigJson {

	private ServiceConfigJson() {
	}

	/**
	 * What somebody wrote as text.
	 * @param value the bytes
	 * @return the text
	 * @throws IllegalArgumentException if it is not UTF-8
	 */
	public static String text(byte[] value) {
		return Json.decode(value);
	}

	/**
	 * Reads a service config.
	 * @param json the text, whose size the caller has limited
	 * @return an unmodifiable object
	 * @throws IllegalArgumentException saying why it is none; untrusted text may be part
	 * of the message
	 */
	public static Map<String, ?> read(String json) {
		if (Json.read(json) instanceof Map<?, ?> object) {
			return object(object);
		}
		throw new IllegalArgumentException("not a JSON object");
	}

	private static Map<String, ?> object(Map<?, ?> json) {
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		json.forEach((name, value) -> object.put(String.valueOf(name), value(value)));
		return Collections.unmodifiableMap(object);
	}

	private static @Nullable Object value(@Nullable Object json) {
		if (json instanceof Number number) {
			return number.doubleValue();
		}
		if (json instanceof Map<?, ?> object) {
			return object(object);
		}
		if (json instanceof List<?> elements) {
			List<@Nullable Object> list = new ArrayList<>(elements.size());
			elements.forEach((element) -> list.add(value(element)));
			return Collections.unmodifiableList(list);
		}
		return json;
	}

}
