package io.github.grpcdiscovery.consul;

import java.util.regex.Pattern;

import io.github.grpcdiscovery.InvalidSettingException;

/**
 * What Consul makes of a service's name: it registers any, answers for most of them, and
 * serves few by DNS.
 */
final class ConsulServiceName {

	/** Rule of Consul's DNS, for messages. */
	static final String DNS_RULE = "1 to 63 letters, digits and '-', starting and ending with a letter or digit";

	private static final Pattern DNS = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

	private ConsulServiceName() {
	}

	/**
	 * Insists that Consul answers for a name.
	 * @param service the name
	 * @throws IllegalArgumentException naming the name and the rule
	 */
	static void requireAnswered(String service) {
		boolean dots = service.equals(".") || service.equals("..");
		if (dots || !service.codePoints().allMatch(ConsulServiceName::isPrintable)) {
			throw InvalidSettingException.of("service", service,
					"printable characters and not '.' or '..', since Consul answers for no other name");
		}
	}

	// as Go's unicode.IsPrint, by which an agent judges the path of a request
	private static boolean isPrintable(int c) {
		return c == ' ' || switch (Character.getType(c)) {
			case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
					Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
				false;
			default -> true;
		};
	}

	/**
	 * Whether Consul's DNS serves a name.
	 */
	static boolean isServedByDns(String service) {
		return DNS.matcher(service).matches();
	}

}
