package io.github.grpcdiscovery.internal.watch;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.codec.ServiceConfigJson;
import io.github.grpcdiscovery.spi.ServiceConfigSink;

/**
 * A service config as somebody wrote it and as gRPC's parser takes it.
 *
 * @param text its JSON; empty if there is none
 * @param config the same, unmodifiable; {@code null} if there is none
 */
record ServiceConfigInUse(String text, @Nullable Map<String, ?> config) {

	static final ServiceConfigInUse NONE = new ServiceConfigInUse("", null);

	/**
	 * Reads a text that is to be validated.
	 * @throws IllegalArgumentException saying why it is no JSON object; untrusted text
	 * may be part of the message
	 */
	static ServiceConfigInUse read(String text) {
		return new ServiceConfigInUse(text, ServiceConfigJson.read(text));
	}

	/**
	 * What a registry holds as text.
	 * @throws IllegalArgumentException if it is none, or too long
	 */
	static String text(byte[] value) {
		if (value.length > ServiceConfigSink.MAX_BYTES) {
			throw new IllegalArgumentException(
					"too long (expected: at most %d bytes)".formatted(ServiceConfigSink.MAX_BYTES));
		}
		return ServiceConfigJson.text(value);
	}

}
