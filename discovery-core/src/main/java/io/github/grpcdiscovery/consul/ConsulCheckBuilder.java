package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.InvalidSettingException;

/**
 * Collects the settings of a check. Each method returns the builder. Not safe for use by
 * several threads.
 *
 * @see ConsulCheck#builder()
 */
public final class ConsulCheckBuilder {

	ConsulCheck.Kind kind = ConsulCheck.Kind.GRPC;

	Duration interval = Duration.ofSeconds(5);

	Duration timeout = Duration.ofSeconds(2);

	Duration ttl = Duration.ofSeconds(15);

	Duration deregisterAfter = Duration.ofMinutes(30);

	boolean tls;

	@Nullable String tlsServerName;

	List<String> services = List.of();

	ConsulCheckBuilder() {
	}

	/** Who asks whom; defaults to {@link ConsulCheck.Kind#GRPC}. */
	public ConsulCheckBuilder kind(ConsulCheck.Kind kind) {
		this.kind = kind;
		return this;
	}

	/** Time between two probes of the agent, 1 s to 1 h; defaults to 5 s. */
	public ConsulCheckBuilder interval(Duration interval) {
		this.interval = interval;
		return this;
	}

	/** How long the agent waits for an answer, 100 ms to 1 h; defaults to 2 s. */
	public ConsulCheckBuilder timeout(Duration timeout) {
		this.timeout = timeout;
		return this;
	}

	/**
	 * How long an instance outlives its process with {@link ConsulCheck.Kind#TTL}, 2 s to
	 * 1 day; defaults to 15 s.
	 */
	public ConsulCheckBuilder ttl(Duration ttl) {
		this.ttl = ttl;
		return this;
	}

	/**
	 * How long an instance may be critical before Consul forgets it, 1 m or more;
	 * defaults to 30 m. Longer than the longest outage that is to be survived.
	 */
	public ConsulCheckBuilder deregisterAfter(Duration deregisterAfter) {
		this.deregisterAfter = deregisterAfter;
		return this;
	}

	/** Whether the agent probes by TLS. It shows no certificate of its own. */
	public ConsulCheckBuilder tls(boolean tls) {
		this.tls = tls;
		return this;
	}

	/**
	 * Name that the agent verifies our certificate against, where it is not the
	 * advertised host; known to Consul 1.12 and later.
	 */
	public ConsulCheckBuilder tlsServerName(@Nullable String tlsServerName) {
		this.tlsServerName = tlsServerName;
		return this;
	}

	/** gRPC services that get a probe each, beside the one of the whole server. */
	public ConsulCheckBuilder services(List<String> services) {
		this.services = services;
		return this;
	}

	/**
	 * Checks everything and makes the check.
	 * @return the check
	 * @throws InvalidSettingException naming the setting, its value and its rule
	 */
	public ConsulCheck build() {
		return new ConsulCheck(this);
	}

}
