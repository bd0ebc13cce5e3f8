package io.github.grpcdiscovery.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The faults and the bad input, in the order of the table.
 *
 * @param faults what happens to processes and networks
 * @param input what people and registries say wrong
 */
record Catalogue(List<Row> faults, List<Row> input) {

	/**
	 * Reads the catalogue that belongs to this version.
	 * @throws IllegalStateException naming the row that is not whole
	 */
	static Catalogue load() {
		try (InputStream stream = Catalogue.class.getResourceAsStream("catalogue.yaml")) {
			Map<String, List<Map<String, Object>>> document = new Yaml(new SafeConstructor(new LoaderOptions()))
				.load(stream);
			return new Catalogue(rows(document.getOrDefault("faults", List.of())),
					rows(document.getOrDefault("input", List.of())));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<Row> rows(List<Map<String, Object>> maps) {
		List<Row> rows = new ArrayList<>();
		for (Map<String, Object> map : maps) {
			rows.add(new Row(text(map, "row"), text(map, "what"), text(map, "expect"),
					(map.get("untested") instanceof String reason) ? reason : null));
		}
		return rows;
	}

	private static String text(Map<String, Object> map, String key) {
		if (map.get(key) instanceof String text && !text.isBlank()) {
			return text;
		}
		throw new IllegalStateException("catalogue.yaml: '" + key + "' is missing in " + map);
	}

	/** All rows. */
	List<Row> rows() {
		List<Row> rows = new ArrayList<>(this.faults);
		rows.addAll(this.input);
		return rows;
	}

	/**
	 * One fault, or one kind of bad input.
	 *
	 * @param name such as {@code F12}
	 * @param what what happens, and how a test makes it happen
	 * @param expect what is expected
	 * @param untested why no test on one machine can show it; otherwise null
	 */
	record Row(String name, String what, String expect, @Nullable String untested) {

	}

}
