package io.github.grpcdiscovery.consul;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Texts as parts of a URL.
 */
final class UrlParameter {

	private UrlParameter() {
	}

	/**
	 * A text as one element of a URL's path.
	 */
	static String inPath(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
	}

	static void add(List<String> parameters, String name, @Nullable String value) {
		if (value != null) {
			parameters.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
		}
	}

}
