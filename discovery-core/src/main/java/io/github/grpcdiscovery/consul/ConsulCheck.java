package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.InvalidSettingException;

/**
 * How Consul finds out whether a registered instance is well. Immutable.
 */
public final class ConsulCheck {

	private static final Pattern GRPC_SERVICE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]{0,255}");

	/** What suits nearly everybody. */
	public static final ConsulCheck DEFAULT = builder().build();

	private final Kind kind;

	private final Duration interval;

	private final Duration timeout;

	private final Duration ttl;

	private final Duration deregisterAfter;

	private final boolean tls;

	private final @Nullable String tlsServerName;

	private final List<String> services;

	ConsulCheck(ConsulCheckBuilder builder) {
		Duration hour = Duration.ofHours(1);
		this.kind = builder.kind;
		this.interval = requireBetween("interval", builder.interval, Duration.ofSeconds(1), hour);
		this.timeout = requireBetween("timeout", builder.timeout, Duration.ofMillis(100), hour);
		this.ttl = requireBetween("ttl", builder.ttl, Duration.ofSeconds(2), Duration.ofDays(1));
		this.deregisterAfter = requireBetween("deregister-after", builder.deregisterAfter, Duration.ofMinutes(1),
				Duration.ofDays(365));
		this.tls = builder.tls;
		this.tlsServerName = builder.tlsServerName;
		if (this.tlsServerName != null) {
			AgentAddress.requireHost("check.tls-server-name", this.tlsServerName);
		}
		this.services = List.copyOf(builder.services);
		this.services.forEach(ConsulCheck::requireService);
	}

	private static Duration requireBetween(String name, Duration value, Duration min, Duration max) {
		return InvalidSettingException.requireBetween("check." + name, value, min, max);
	}

	private static void requireService(String service) {
		if (!GRPC_SERVICE.matcher(service).matches()) {
			throw InvalidSettingException.of("check.services", service,
					"the full name of a gRPC service, such as grpc.health.v1.Health");
		}
	}

	/**
	 * Begins with the defaults.
	 * @return checks everything when it builds
	 */
	public static ConsulCheckBuilder builder() {
		return new ConsulCheckBuilder();
	}

	/**
	 * Begins a changed copy.
	 * @return a builder that has everything of this check
	 */
	public ConsulCheckBuilder toBuilder() {
		return builder().kind(this.kind)
			.interval(this.interval)
			.timeout(this.timeout)
			.ttl(this.ttl)
			.deregisterAfter(this.deregisterAfter)
			.tls(this.tls)
			.tlsServerName(this.tlsServerName)
			.services(this.services);
	}

	/** Who asks whom. */
	public Kind kind() {
		return this.kind;
	}

	/** Time between two probes of the agent. */
	public Duration interval() {
		return this.interval;
	}

	/** How long the agent waits for the answer to a probe. */
	public Duration timeout() {
		return this.timeout;
	}

	/** How long an instance outlives its process with {@link Kind#TTL}. */
	public Duration ttl() {
		return this.ttl;
	}

	/** How long an instance may be critical before Consul forgets it. */
	public Duration deregisterAfter() {
		return this.deregisterAfter;
	}

	/** Whether the agent probes by TLS. It shows no certificate of its own. */
	public boolean tls() {
		return this.tls;
	}

	/** Name that the agent verifies our certificate against, if not the host. */
	public @Nullable String tlsServerName() {
		return this.tlsServerName;
	}

	/** gRPC services that get a probe each, beside the one of the whole server. */
	public List<String> services() {
		return this.services;
	}

	private List<@Nullable Object> components() {
		return Arrays.asList(this.kind, this.interval, this.timeout, this.ttl, this.deregisterAfter, this.tls,
				this.tlsServerName, this.services);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof ConsulCheck that && components().equals(that.components()));
	}

	@Override
	public int hashCode() {
		return components().hashCode();
	}

	@Override
	public String toString() {
		return "ConsulCheck[kind=%s, interval=%s, timeout=%s, ttl=%s, deregisterAfter=%s, tls=%s, tlsServerName=%s, services=%s]"
			.formatted(this.kind, this.interval, this.timeout, this.ttl, this.deregisterAfter, this.tls,
					this.tlsServerName, this.services);
	}

	/** Who asks whom. */
	public enum Kind {

		/**
		 * The agent asks the advertised address by the gRPC health protocol, and so finds
		 * out also when nobody but our own process can reach it.
		 */
		GRPC,

		/**
		 * This instance reports to the agent, at a third of the TTL. For agents that
		 * cannot reach us.
		 */
		TTL,

		/**
		 * Nobody asks: an instance whose process dies stays in the list until somebody
		 * takes it out.
		 */
		NONE

	}

}
