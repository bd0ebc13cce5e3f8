package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * How Consul finds out whether a registered instance is well. Immutable; {@link #DEFAULT}
 * has the defaults and the {@code with} methods change one thing each.
 *
 * @param kind who asks whom; {@link Kind#GRPC} unless told
 * @param interval time between two probes of the agent, 1 s or more; 5 s unless told
 * @param timeout how long the agent waits for the answer to a probe; 2 s unless told
 * @param ttl how long an instance outlives its process with {@link Kind#TTL}, 2 s to 1
 * day; 15 s unless told
 * @param deregisterAfter how long an instance may be critical before Consul forgets it, 1
 * m or more; 30 m unless told. Longer than the longest outage that is to be survived
 * @param tls whether the agent probes by TLS. It shows no certificate of its own
 * @param tlsServerName name that the agent verifies our certificate against, where it is
 * not the advertised host; known to Consul 1.12 and later
 * @param services gRPC services that get a probe each, beside the one of the whole server
 */
public record ConsulCheck(Kind kind, Duration interval, Duration timeout, Duration ttl, Duration deregisterAfter,
		boolean tls, @Nullable String tlsServerName, List<String> services) {

	/** What suits nearly everybody. */
	public static final ConsulCheck DEFAULT = new ConsulCheck(Kind.GRPC, Duration.ofSeconds(5), Duration.ofSeconds(2),
			Duration.ofSeconds(15), Duration.ofMinutes(30), false, null, List.of());

	private static final Pattern GRPC_SERVICE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]{0,255}");

	/**
	 * Checks every component.
	 * @throws IllegalArgumentException naming the component, its value and the rule
	 */
	public ConsulCheck {
		Durations.require("check.interval", interval, Duration.ofSeconds(1), Duration.ofHours(1));
		Durations.require("check.timeout", timeout, Duration.ofMillis(100), Duration.ofHours(1));
		Durations.require("check.ttl", ttl, Duration.ofSeconds(2), Duration.ofDays(1));
		Durations.require("check.deregister-after", deregisterAfter, Duration.ofMinutes(1), Duration.ofDays(365));
		services = List.copyOf(services);
		for (String service : services) {
			if (!GRPC_SERVICE.matcher(service).matches()) {
				throw new IllegalArgumentException(
						"check.services: '%s' (expected: the full name of a gRPC service, such as grpc.health.v1.Health)"
							.formatted(Printable.of(service)));
			}
		}
		if (tlsServerName != null) {
			ConsulSettings.requireHost("check.tls-server-name", tlsServerName);
		}
	}

	/**
	 * With another kind.
	 * @param kind who asks whom
	 * @return a changed copy
	 */
	public ConsulCheck withKind(Kind kind) {
		return new ConsulCheck(kind, this.interval, this.timeout, this.ttl, this.deregisterAfter, this.tls,
				this.tlsServerName, this.services);
	}

	/**
	 * With another rhythm of probes.
	 * @param interval time between two probes
	 * @param timeout how long to wait for an answer
	 * @return a changed copy
	 */
	public ConsulCheck withProbes(Duration interval, Duration timeout) {
		return new ConsulCheck(this.kind, interval, timeout, this.ttl, this.deregisterAfter, this.tls,
				this.tlsServerName, this.services);
	}

	/**
	 * With another time to live.
	 * @param ttl how long an instance outlives its process
	 * @return a changed copy
	 */
	public ConsulCheck withTtl(Duration ttl) {
		return new ConsulCheck(this.kind, this.interval, this.timeout, ttl, this.deregisterAfter, this.tls,
				this.tlsServerName, this.services);
	}

	/**
	 * With another time after which Consul forgets a critical instance.
	 * @param deregisterAfter 1 m or more
	 * @return a changed copy
	 */
	public ConsulCheck withDeregisterAfter(Duration deregisterAfter) {
		return new ConsulCheck(this.kind, this.interval, this.timeout, this.ttl, deregisterAfter, this.tls,
				this.tlsServerName, this.services);
	}

	/**
	 * With or without TLS between the agent and our server.
	 * @param tls whether the agent probes by TLS
	 * @param tlsServerName name in our certificate, where it is not the advertised host
	 * @return a changed copy
	 */
	public ConsulCheck withTls(boolean tls, @Nullable String tlsServerName) {
		return new ConsulCheck(this.kind, this.interval, this.timeout, this.ttl, this.deregisterAfter, tls,
				tlsServerName, this.services);
	}

	/**
	 * With probes of single gRPC services.
	 * @param services full names of gRPC services
	 * @return a changed copy
	 */
	public ConsulCheck withServices(List<String> services) {
		return new ConsulCheck(this.kind, this.interval, this.timeout, this.ttl, this.deregisterAfter, this.tls,
				this.tlsServerName, services);
	}

	/** Who asks whom. */
	public enum Kind {

		/**
		 * The agent asks the advertised address by the gRPC health protocol, and so finds
		 * out also when nobody but our own process can reach it.
		 */
		GRPC,

		/** We tell the agent, at a third of the TTL. For agents that cannot reach us. */
		TTL,

		/**
		 * Nobody asks: an instance whose process dies stays in the list until somebody
		 * takes it out.
		 */
		NONE

	}

}
