package io.github.grpcdiscovery;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * What a target says beside the name of a service: which server of the registry is asked,
 * and by which options, such as {@code consul://10.0.0.1:8500/orders?tag=v1}. What they
 * mean is the registry's matter.
 *
 * @param authority the server as it is written; {@code null} for the one that the
 * registry is configured with
 * @param values by an option's name its values, in the order they are written;
 * unmodifiable
 */
public record DiscoveryOptions(@Nullable String authority, Map<String, List<String>> values) {

	/** A target that says nothing but the name. */
	public static final DiscoveryOptions NONE = new DiscoveryOptions(null, Map.of());

	// whoever writes a secret into a target shall not find it in a log as well
	private static final Pattern SECRET = Pattern.compile("(?i).*(token|passw|secret|credential|auth|key).*");

	/**
	 * Copies the options.
	 */
	public DiscoveryOptions {
		Map<String, List<String>> copy = new TreeMap<>();
		values.forEach((name, texts) -> copy.put(name, List.copyOf(texts)));
		values = Collections.unmodifiableMap(copy);
	}

	/**
	 * Whether there is nothing but the name.
	 * @return {@code false} if there is a server or an option
	 */
	public boolean isEmpty() {
		return this.authority == null && this.values.isEmpty();
	}

	/**
	 * Insists that there is no server and no option.
	 * @param registry name of the registry that knows none
	 * @throws IllegalArgumentException naming the server or the first option
	 */
	public void requireNone(String registry) {
		if (this.authority != null) {
			throw new IllegalArgumentException(
					"address '%s' (expected: %s:///name, since where %s is, is a matter of properties)"
						.formatted(Printable.of(this.authority), registry, registry));
		}
		requireKnown(List.of(), registry);
	}

	/**
	 * Insists that the registry knows every option.
	 * @param known names of the options that it knows
	 * @param registry name of the registry
	 * @throws IllegalArgumentException naming the first unknown option, its value and the
	 * known ones
	 */
	public void requireKnown(Collection<String> known, String registry) {
		this.values.forEach((name, texts) -> {
			if (!known.contains(name)) {
				throw invalid(name, known.isEmpty() ? "no option, since targets of %s have none".formatted(registry)
						: "one of the options of %s: %s".formatted(registry, String.join(", ", new TreeSet<>(known))));
			}
		});
	}

	/**
	 * The value of an option that may be given once.
	 * @param name the option's name
	 * @return {@code null} if it is not given
	 * @throws IllegalArgumentException naming the option if it is given more than once
	 */
	public @Nullable String single(String name) {
		List<String> texts = all(name);
		if (texts.size() > 1) {
			throw invalid(name, "once");
		}
		return texts.isEmpty() ? null : texts.get(0);
	}

	/**
	 * The values of an option that may be given several times.
	 * @param name the option's name
	 * @return in the order they are written; empty if it is not given
	 */
	public List<String> all(String name) {
		return this.values.getOrDefault(name, List.of());
	}

	/**
	 * The error for a value.
	 * @param name the option's name
	 * @param rule what was expected
	 * @return an exception that names the option, what is written, unless it may be a
	 * secret, and the rule
	 */
	public IllegalArgumentException invalid(String name, String rule) {
		String texts = SECRET.matcher(name).matches() ? "<hidden>"
				: all(name).stream().map((text) -> "'" + Printable.of(text) + "'").collect(Collectors.joining(", "));
		return new IllegalArgumentException(
				"option '%s': %s (expected: %s)".formatted(Printable.of(name), texts, rule));
	}

	/**
	 * The options as they stand in a target, sorted by name and without what may be a
	 * secret.
	 * @return such as {@code ?dc=dc2&tag=v1}; empty if there are none
	 */
	public String toQuery() {
		List<String> query = new ArrayList<>();
		this.values.forEach((name, texts) -> texts.forEach((text) -> query
			.add(encode(name) + "=" + (SECRET.matcher(name).matches() ? "<hidden>" : encode(text)))));
		return query.isEmpty() ? "" : "?" + String.join("&", query);
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	@Override
	public String toString() {
		return ((this.authority != null) ? "//" + this.authority : "") + toQuery();
	}

}
