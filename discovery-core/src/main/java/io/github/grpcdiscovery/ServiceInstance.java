package io.github.grpcdiscovery;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * One running copy of a gRPC service, as a registry knows it. Immutable and compared by
 * value.
 *
 * @param id names this instance among all of its service; stable over a restart on one
 * host and port; holds no {@code / ? # %}, space or control character
 * @param service name of the service, as
 * {@link ServiceInstance#requireServiceName(String)} allows it
 * @param host IP literal (IPv6 without brackets) or host name that clients connect to
 * @param port TCP port that clients connect to, 1 to 65535
 * @param weight share of the calls relative to others, 0 (drained) to
 * {@value #MAX_WEIGHT}; {@value #DEFAULT_WEIGHT} unless told
 * @param zone failure domain that the instance runs in, if known
 * @param version version of the application, if known
 * @param tags free labels, without duplicates, in the given order
 * @param metadata free key and value pairs, sorted by key: at most 64, keys of
 * {@code [A-Za-z0-9_-]{1,128}}, values of at most 512 characters
 */
public record ServiceInstance(String id, String service, String host, int port, int weight, @Nullable String zone,
		@Nullable String version, List<String> tags, Map<String, String> metadata) {

	/** Weight of an instance that says nothing about it. */
	public static final int DEFAULT_WEIGHT = 100;

	/** Largest weight. */
	public static final int MAX_WEIGHT = 1000;

	/** How many pairs of metadata an instance has at most. */
	public static final int MAX_METADATA = 64;

	private static final int MAX_SERVICE = 512;

	private static final Pattern ID = Pattern.compile("[^/?#%\\s\\p{Cntrl}]{1,255}");

	private static final Pattern METADATA_KEY = Pattern.compile("[A-Za-z0-9_-]{1,128}");

	private static final int MAX_METADATA_VALUE = 512;

	/**
	 * Checks every component.
	 * @throws IllegalArgumentException naming the component, its value and the rule it
	 * broke
	 */
	public ServiceInstance {
		requireServiceName(service);
		require(ID.matcher(id).matches(), "instance id", id,
				"1 to 255 characters without / ? # %, spaces and control characters");
		HostAndPort.requireHost(host);
		HostAndPort.requirePort(port);
		require(weight >= 0 && weight <= MAX_WEIGHT, "weight", weight, "0 to " + MAX_WEIGHT);
		tags = List.copyOf(new LinkedHashSet<>(tags));
		metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
		require(metadata.size() <= MAX_METADATA, "metadata", metadata.size() + " pairs", "at most " + MAX_METADATA);
		metadata.forEach((key, value) -> {
			require(METADATA_KEY.matcher(key).matches(), "metadata key", key, METADATA_KEY.pattern());
			require(value.length() <= MAX_METADATA_VALUE, "metadata." + key, value.length() + " characters",
					"at most " + MAX_METADATA_VALUE);
		});
	}

	/**
	 * An instance whose id is made of its address and which has no further attributes.
	 * @param service name of the service
	 * @param host host that clients connect to
	 * @param port port that clients connect to
	 * @return the instance
	 * @throws IllegalArgumentException if a component breaks its rule
	 */
	public static ServiceInstance of(String service, String host, int port) {
		return new ServiceInstance(new HostAndPort(host, port).toString(), service, host, port, DEFAULT_WEIGHT, null,
				null, List.of(), Map.of());
	}

	/**
	 * Checks the name of a service. Programs in other languages register names such as
	 * {@code helloworld.Greeter}, {@code user_service} and {@code /shop/orders}, so any
	 * readable text is a name. A registry may refuse to register some of them.
	 * @param service the name
	 * @return the name
	 * @throws IllegalArgumentException naming the value and the rule
	 */
	public static String requireServiceName(String service) {
		require(!service.isBlank() && service.length() <= MAX_SERVICE && isText(service), "service name", service,
				"1 to " + MAX_SERVICE + " characters, not blank, without control characters");
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

	/**
	 * Whether a text may be the id of an instance.
	 * @param id the text
	 * @return {@code false} if it breaks the rule
	 */
	public static boolean isId(String id) {
		return ID.matcher(id).matches();
	}

	/**
	 * Whether a pair may be part of the metadata.
	 * @param key the key
	 * @param value the value
	 * @return {@code false} if one of them breaks its rule
	 */
	public static boolean isMetadata(String key, String value) {
		return METADATA_KEY.matcher(key).matches() && value.length() <= MAX_METADATA_VALUE;
	}

	/**
	 * The address clients connect to.
	 * @return host and port
	 */
	public HostAndPort address() {
		return new HostAndPort(this.host, this.port);
	}

	private static void require(boolean condition, String what, Object value, String rule) {
		if (!condition) {
			throw new IllegalArgumentException("%s: '%s' (expected: %s)".formatted(what, Printable.of(value), rule));
		}
	}

}
