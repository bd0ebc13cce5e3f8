package io.github.grpcdiscovery.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

import io.github.grpcdiscovery.internal.codec.Json;

/**
 * The properties that there are below {@value #PREFIX}: this project's own, from a list
 * that is quickly read, and those of other jars, from their configuration metadata, which
 * is read when a name is none of ours. For one thread.
 */
final class KnownProperties {

	/** What the names of all of them begin with. */
	static final String PREFIX = "grpc.discovery";

	/** Written by ConfigurationDocumentationTests from the metadata. */
	private static final String OWN = "known.properties";

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	private static final Logger logger = LoggerFactory.getLogger(KnownProperties.class);

	/** By name their types. */
	private final Map<String, String> types = new TreeMap<>();

	/** The same names as {@link #uniform(String)} writes them. */
	private final Map<String, String> uniform = new HashMap<>();

	private final ClassLoader classLoader;

	private boolean complete;

	/**
	 * Reads the list of this project's own.
	 * @param classLoader where the metadata of other jars is looked for
	 */
	KnownProperties(ClassLoader classLoader) {
		this.classLoader = classLoader;
		Properties own = new Properties();
		try (InputStream stream = KnownProperties.class.getResourceAsStream(OWN)) {
			own.load(Objects.requireNonNull(stream, OWN));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		own.stringPropertyNames().forEach((name) -> add(name, own.getProperty(name)));
	}

	private void add(String name, String type) {
		this.types.put(name, type);
		this.uniform.put(name, uniform(name));
	}

	// what cannot be read is left out
	private void complete() {
		this.complete = true;
		try {
			for (URL url : Collections.list(this.classLoader.getResources(METADATA))) {
				read(url);
			}
		}
		catch (IOException | IllegalArgumentException ex) {
			logger.debug("Cannot read {}", METADATA, ex);
		}
	}

	private void read(URL url) throws IOException {
		String json;
		try (InputStream stream = url.openStream()) {
			json = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
		// most jars have none of them, and their metadata is long
		if (json.contains(PREFIX) && Json.asObject(Json.read(json)).get("properties") instanceof List<?> properties) {
			for (Object property : properties) {
				Map<String, @Nullable Object> fields = Json.asObject(property);
				if (fields.get("name") instanceof String name && name.startsWith(PREFIX + ".")) {
					add(name, String.valueOf(fields.get("type")));
				}
			}
		}
	}

	/**
	 * The property that a setting is of, by relaxed binding.
	 * @param name the setting's name, with an index or a key where it has one
	 * @return the property's name; {@code null} if there is no such property
	 */
	@Nullable String find(ConfigurationPropertyName name) {
		String known = lookUp(name);
		if (known == null && !this.complete) {
			complete();
			known = lookUp(name);
		}
		return known;
	}

	private @Nullable String lookUp(ConfigurationPropertyName name) {
		boolean indexed = name.isLastElementIndexed() && name.isNumericIndex(name.getNumberOfElements() - 1);
		ConfigurationPropertyName withoutIndex = indexed ? name.getParent() : name;
		String uniform = uniform(withoutIndex.toString());
		for (Map.Entry<String, String> property : this.types.entrySet()) {
			boolean map = property.getValue().startsWith("java.util.Map");
			if (map ? ConfigurationPropertyName.of(property.getKey()).isAncestorOf(name)
					: uniform.equals(this.uniform.get(property.getKey()))) {
				return property.getKey();
			}
		}
		return null;
	}

	// an environment variable has dots in the place of dashes
	private static String uniform(String name) {
		StringBuilder letters = new StringBuilder(name.length());
		for (int i = 0; i < name.length(); i++) {
			char c = Character.toLowerCase(name.charAt(i));
			if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
				letters.append(c);
			}
		}
		return letters.toString();
	}

	boolean isDuration(String property) {
		return "java.time.Duration".equals(this.types.get(property));
	}

	/**
	 * The property that was probably meant.
	 * @param name a name that is none
	 * @return the nearest one
	 */
	String nearest(String name) {
		String switched = name + ".enabled";
		return this.types.containsKey(switched) ? switched
				: this.types.keySet()
					.stream()
					.min(Comparator.comparingInt((known) -> distance(name, known)))
					.orElse(PREFIX + ".enabled");
	}

	/** How many letters have to be changed, added or left out. */
	private static int distance(String one, String other) {
		int[] row = new int[other.length() + 1];
		for (int j = 0; j <= other.length(); j++) {
			row[j] = j;
		}
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				int replaced = diagonal + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
			}
		}
		return row[other.length()];
	}

}
