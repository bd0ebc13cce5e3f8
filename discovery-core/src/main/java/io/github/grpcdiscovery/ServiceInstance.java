package io.github.grpcdiscovery;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One running copy of a gRPC service, as a registry knows it. Immutable and compared by
 * value.
 *
 * <pre>{@code
 * ServiceInstance.builder("orders", "10.0.0.1", 9090).zone("eu-1a").weight(50).build();
 * }</pre>
 */
public final class ServiceInstance {

	/** Weight of an instance that says nothing about it. */
	public static final int DEFAULT_WEIGHT = 100;

	/** Largest weight. */
	public static final int MAX_WEIGHT = 1000;

	/** How many pairs of metadata an instance has at most. */
	public static final int MAX_METADATA = 64;

	private final String id;

	private final String service;

	private final HostAndPort address;

	private final int weight;

	private final @Nullable String zone;

	private final @Nullable String version;

	private final List<String> tags;

	private final Map<String, String> metadata;

	private final @Nullable Instant started;

	ServiceInstance(ServiceInstanceBuilder builder) {
		this.service = AttributeRules.requireService(builder.service);
		this.address = new HostAndPort(builder.host, builder.port);
		this.id = (builder.id != null) ? AttributeRules.requireId(builder.id) : this.address.toString();
		this.weight = AttributeRules.requireWeight(builder.weight);
		this.zone = builder.zone;
		this.version = builder.version;
		this.tags = List.copyOf(new LinkedHashSet<>(builder.tags));
		this.metadata = AttributeRules.requireMetadata(builder.metadata);
		this.started = (builder.started != null) ? builder.started.truncatedTo(ChronoUnit.MILLIS) : null;
	}

	/**
	 * Begins an instance. Its id is made of its address unless it is set.
	 * @param service name of the service: 1 to 512 characters, not blank, without control
	 * characters
	 * @param host an IP literal (IPv6 without brackets) or host name that clients connect
	 * to
	 * @param port the TCP port that clients connect to, 1 to 65535
	 * @return checks everything when it builds
	 */
	public static ServiceInstanceBuilder builder(String service, String host, int port) {
		return new ServiceInstanceBuilder(service, host, port);
	}

	/**
	 * An instance whose id is made of its address and which has no further attributes.
	 * @param service name of the service
	 * @param host host that clients connect to
	 * @param port port that clients connect to
	 * @return the instance
	 * @throws InvalidSettingException if an attribute breaks its rule
	 */
	public static ServiceInstance of(String service, String host, int port) {
		return builder(service, host, port).build();
	}

	/**
	 * Begins a changed copy.
	 * @return a builder that has everything of this instance
	 */
	public ServiceInstanceBuilder toBuilder() {
		return builder(this.service, host(), port()).id(this.id)
			.weight(this.weight)
			.zone(this.zone)
			.version(this.version)
			.tags(this.tags)
			.metadata(this.metadata)
			.started(this.started);
	}

	/**
	 * Checks the name of a service. Programs in other languages register names such as
	 * {@code helloworld.Greeter}, {@code user_service} and {@code /shop/orders}, so any
	 * readable text is a name. A registry may refuse to register some of them.
	 * @param service the name
	 * @return the name
	 * @throws InvalidSettingException naming the value and the rule
	 */
	public static String requireServiceName(String service) {
		return AttributeRules.requireService(service);
	}

	/**
	 * Whether a text may be the id of an instance.
	 * @param id the text
	 * @return {@code false} if it breaks the rule
	 */
	public static boolean isId(String id) {
		return AttributeRules.isId(id);
	}

	/**
	 * Whether a pair may be part of the metadata.
	 * @param key the key
	 * @param value the value
	 * @return {@code false} if one of them breaks its rule
	 */
	public static boolean isMetadata(String key, String value) {
		return AttributeRules.isMetadata(key, value);
	}

	/** Names this instance among all of its service; stable over a restart. */
	public String id() {
		return this.id;
	}

	/** Name of the service, as clients look it up. */
	public String service() {
		return this.service;
	}

	/** IP literal (IPv6 without brackets) or host name that clients connect to. */
	public String host() {
		return this.address.host();
	}

	/** TCP port that clients connect to, 1 to 65535. */
	public int port() {
		return this.address.port();
	}

	/** Host and port that clients connect to. */
	public HostAndPort address() {
		return this.address;
	}

	/** Share of the calls relative to others, 0 (drained) to {@value #MAX_WEIGHT}. */
	public int weight() {
		return this.weight;
	}

	/** Failure domain that the instance runs in, if known. */
	public @Nullable String zone() {
		return this.zone;
	}

	/** Version of the application, if known. */
	public @Nullable String version() {
		return this.version;
	}

	/** Free labels, without duplicates, in the given order; immutable. */
	public List<String> tags() {
		return this.tags;
	}

	/** Free pairs of key and value, sorted by key; immutable. */
	public Map<String, String> metadata() {
		return this.metadata;
	}

	/**
	 * When the instance was started, by the clock of its machine, in milliseconds, if
	 * known: clients give a new instance fewer calls for a while.
	 */
	public @Nullable Instant started() {
		return this.started;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof ServiceInstance that && this.id.equals(that.id)
				&& this.service.equals(that.service) && this.address.equals(that.address) && this.weight == that.weight
				&& Objects.equals(this.zone, that.zone) && Objects.equals(this.version, that.version)
				&& this.tags.equals(that.tags) && this.metadata.equals(that.metadata)
				&& Objects.equals(this.started, that.started));
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.id, this.service, this.address, this.weight);
	}

	@Override
	public String toString() {
		return "ServiceInstance[id=%s, service=%s, host=%s, port=%d, weight=%d, zone=%s, version=%s, tags=%s, metadata=%s, started=%s]"
			.formatted(this.id, this.service, host(), port(), this.weight, this.zone, this.version, this.tags,
					this.metadata, this.started);
	}

}
