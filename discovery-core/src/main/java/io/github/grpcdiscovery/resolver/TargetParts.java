package io.github.grpcdiscovery.resolver;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The parts of a target as RFC 3986 splits it, still percent-encoded.
 * {@link java.net.URI} and gRPC's own {@code Uri} have the same text and split it
 * differently, so neither of them does it here.
 *
 * @param text the whole target
 * @param scheme what stands before the first colon
 * @param authority what stands between {@code //} and the path, if anything does
 * @param path what follows; empty if nothing does
 * @param query what follows a {@code ?}
 * @param fragment what follows a {@code #}
 */
record TargetParts(String text, String scheme, @Nullable String authority, String path, @Nullable String query,
		@Nullable String fragment) {

	private static final Pattern PARTS = Pattern
		.compile("(?s)([^:/?#]*):(?://([^/?#]*))?([^?#]*)(?:\\?([^#]*))?(?:#(.*))?");

	/**
	 * Splits a target.
	 * @param target a URI, which has a scheme
	 * @return its parts
	 * @throws InvalidTargetException if it has no scheme
	 */
	static TargetParts of(String target) {
		Matcher parts = PARTS.matcher(target);
		if (!parts.matches()) {
			throw new InvalidTargetException(target, "a scheme and the name of a service, such as discovery:///name");
		}
		String authority = parts.group(2);
		return new TargetParts(target, parts.group(1), (authority != null && !authority.isEmpty()) ? authority : null,
				parts.group(3), parts.group(4), parts.group(5));
	}

	@Override
	public String toString() {
		return this.text;
	}

}
