package io.github.grpcdiscovery.resolver;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.DiscoveryOptions;

/**
 * The text of targets: reads what stands beside the name, and hides what must not be
 * repeated.
 */
final class TargetText {

	private static final Pattern USER_INFO = Pattern.compile("//[^/?#]*@");

	private static final Pattern SECRET_OPTION = Pattern
		.compile("(?i)([?&][^=&#]*(?:token|passw|secret|credential|auth|key)[^=&#]*=)[^&#]*");

	/** What a decoder writes for bytes that are no UTF-8. */
	static final char UNREADABLE = '\uFFFD';

	private static final String IN_AUTHORITY = "-._~!$&'()*+,;=:@";

	private TargetText() {
	}

	/**
	 * Reads what stands beside the name.
	 * @param target a target whose path is in order
	 * @return server and options
	 * @throws InvalidTargetException naming the target and what is wrong with it
	 */
	static DiscoveryOptions options(TargetParts target) {
		String authority = target.authority();
		if (authority != null && authority.indexOf('@') >= 0) {
			throw new InvalidTargetException(target, "no user and no password");
		}
		if (target.fragment() != null) {
			throw new InvalidTargetException(target, "no fragment; a '#' in an option is written as %23");
		}
		return new DiscoveryOptions(authority, values(target, target.query()));
	}

	private static Map<String, List<String>> values(TargetParts target, @Nullable String query) {
		Map<String, List<String>> values = new TreeMap<>();
		if (query == null) {
			return values;
		}
		for (String option : query.split("&", -1)) {
			int equals = option.indexOf('=');
			if (equals < 1) {
				throw new InvalidTargetException(target,
						"options of the form name=value after the '?', with '&' between");
			}
			values.computeIfAbsent(decode(option.substring(0, equals)), (name) -> new ArrayList<>())
				.add(decode(option.substring(equals + 1)));
		}
		return values;
	}

	/**
	 * Reads the name: all of the path after its first slash.
	 */
	static String name(TargetParts target) {
		// in a path, unlike in a query, a plus is a plus
		return decode(target.path().substring(1).replace("+", "%2B"));
	}

	/**
	 * A name as a target's path has it.
	 */
	static String path(String service) {
		return encode(service, IN_AUTHORITY + "/");
	}

	/**
	 * A name as the {@code :authority} of a call, which allows no slash and nothing but
	 * ASCII.
	 */
	static String authority(String service) {
		return encode(service, IN_AUTHORITY);
	}

	private static String encode(String text, String allowed) {
		StringBuilder encoded = new StringBuilder(text.length());
		for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
			char c = (char) (b & 0xFF);
			if ((c < 0x80 && Character.isLetterOrDigit(c)) || allowed.indexOf(c) >= 0) {
				encoded.append(c);
			}
			else {
				encoded.append("%%%02X".formatted((int) c));
			}
		}
		return encoded.toString();
	}

	private static String decode(String text) {
		return URLDecoder.decode(text, StandardCharsets.UTF_8);
	}

	/**
	 * A target without what may be a secret in it.
	 * @param target a target, right or wrong
	 * @return the text to show
	 */
	static String withoutSecrets(Object target) {
		String text = USER_INFO.matcher(String.valueOf(target)).replaceFirst("//<hidden>@");
		return SECRET_OPTION.matcher(text).replaceAll("$1<hidden>");
	}

}
