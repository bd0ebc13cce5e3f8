package io.github.grpcdiscovery;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The rules of what an instance is made of.
 */
final class AttributeRules {

	private static final int MAX_SERVICE = 512;

	private static final Pattern ID = Pattern.compile("[^/?#%\\s\\p{Cntrl}]{1,255}");

	private static final Pattern METADATA_KEY = Pattern.compile("[A-Za-z0-9_-]{1,128}");

	private static final int MAX_METADATA_VALUE = 512;

	private AttributeRules() {
	}

	static String requireService(String service) {
		if (service.isBlank() || service.length() > MAX_SERVICE || !isText(service)) {
			throw InvalidSettingException.of("service", service,
					"1 to " + MAX_SERVICE + " characters, not blank, without control characters");
		}
		return service;
	}

	// half a surrogate pair has no form in UTF-8
	private static boolean isText(String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
				i++;
			}
			else if (Character.isISOControl(c) || Character.isSurrogate(c)) {
				return false;
			}
		}
		return true;
	}

	static boolean isId(String id) {
		return ID.matcher(id).matches();
	}

	static String requireId(String id) {
		if (!isId(id)) {
			throw InvalidSettingException.of("instance-id", id,
					"1 to 255 characters without / ? # %, spaces and control characters");
		}
		return id;
	}

	static int requireWeight(int weight) {
		if (weight < 0 || weight > ServiceInstance.MAX_WEIGHT) {
			throw InvalidSettingException.of("weight", weight, "0 to " + ServiceInstance.MAX_WEIGHT);
		}
		return weight;
	}

	static boolean isMetadata(String key, String value) {
		return METADATA_KEY.matcher(key).matches() && value.length() <= MAX_METADATA_VALUE;
	}

	static Map<String, String> requireMetadata(Map<String, String> given) {
		Map<String, String> metadata = Collections.unmodifiableMap(new TreeMap<>(given));
		if (metadata.size() > ServiceInstance.MAX_METADATA) {
			throw InvalidSettingException.described("metadata", metadata.size() + " pairs",
					"at most " + ServiceInstance.MAX_METADATA);
		}
		metadata.forEach((key, value) -> {
			if (!METADATA_KEY.matcher(key).matches()) {
				throw InvalidSettingException.of("metadata", key, "keys of " + METADATA_KEY.pattern());
			}
			if (value.length() > MAX_METADATA_VALUE) {
				throw InvalidSettingException.described("metadata[" + key + "]", value.length() + " characters",
						"at most " + MAX_METADATA_VALUE);
			}
		});
		return metadata;
	}

}
