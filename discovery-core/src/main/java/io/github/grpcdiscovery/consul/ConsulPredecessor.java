package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ReachabilityProbe;
import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.PredecessorException;

/**
 * Decides about an entry under our id that names another address: a conflict with a
 * process that lives, or what a dead one left. Dead is whose check is critical, and who
 * refuses connections. Who does not answer at all may be behind a firewall: there the
 * check is waited for, as long as it takes to find a dead process. On the event loop
 * only.
 */
final class ConsulPredecessor {

	private static final Logger logger = LoggerFactory.getLogger(ConsulPredecessor.class);

	private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

	private static final Set<Integer> HEALTH_STATUSES = Set.of(200, 404, 429, 503);

	private final ConsulApi api;

	private final ReachabilityProbe reachability;

	private final ReachabilityProbe refusal;

	private final ServiceInstance instance;

	private final String id;

	private final String permission;

	private final Duration checkedWithin;

	private @Nullable Holder unresponsive;

	private long unresponsiveSince;

	/**
	 * Creates it for one registration.
	 * @param api talks to Consul
	 * @param reachability knows where nobody answers
	 * @param refusal knows where connections are refused
	 * @param instance what to register
	 * @param check how it is checked, and so probably the one before
	 */
	ConsulPredecessor(ConsulApi api, ReachabilityProbe reachability, ReachabilityProbe refusal,
			ServiceInstance instance, ConsulCheck check) {
		this.api = api;
		this.reachability = reachability;
		this.refusal = refusal;
		this.instance = instance;
		this.id = ConsulIds.of(instance);
		this.permission = "service:read on '" + instance.service() + "'";
		this.checkedWithin = ((check.kind() == ConsulCheck.Kind.TTL) ? check.ttl()
				: check.interval().plus(check.timeout()))
			.plus(RETRY_INTERVAL);
	}

	/**
	 * Whether an entry is still the one that was examined.
	 */
	static boolean isSame(Map<String, @Nullable Object> examined, Map<String, @Nullable Object> found) {
		return Holder.of(examined).equals(Holder.of(found));
	}

	/**
	 * Ends an attempt by a conflict or by a wait, or finds that the entry is a dead
	 * process's.
	 * @param context the attempt
	 * @param service what the agent holds
	 * @param dead runs where it may be taken over
	 */
	void examine(AttemptContext context, Map<String, @Nullable Object> service, Runnable dead) {
		context.await(this.api.serviceHealth(this.id), (health) -> {
			if (!this.instance.service().equals(service.get("Service"))) {
				throw conflict(service);
			}
			if (!HEALTH_STATUSES.contains(health.status())) {
				throw health.error(this.permission);
			}
			if (health.isNotFound()) {
				dead.run(); // it left in between
			}
			else if (isCritical(health)) {
				takeOver(service, "whose check is critical", dead);
			}
			else {
				connect(context, service, dead);
			}
		});
	}

	private static boolean isCritical(ConsulAnswer health) {
		return health.status() == 503 && "critical".equals(Json.asObject(health.json()).get("AggregatedStatus"));
	}

	private void connect(AttemptContext context, Map<String, @Nullable Object> service, Runnable dead) {
		HostAndPort address = address(service);
		if (address == null) {
			throw conflict(service);
		}
		Set<HostAndPort> addresses = Set.of(address);
		this.reachability.check(addresses, (unreachable) -> context.execute(() -> {
			if (!unreachable.contains(address)) {
				this.unresponsive = null;
				throw conflict(service);
			}
			this.refusal.check(addresses, (refusing) -> context.execute(() -> {
				if (refusing.contains(address)) {
					takeOver(service, "where nobody listens any more", dead);
					return;
				}
				await(context, service, address);
			}));
		}));
	}

	// a check that goes on passing has seen the process
	private void await(AttemptContext context, Map<String, @Nullable Object> service, HostAndPort address) {
		Holder holder = Holder.of(service);
		if (!holder.equals(this.unresponsive)) {
			this.unresponsive = holder;
			this.unresponsiveSince = context.loop().nanoTime();
		}
		Duration left = this.checkedWithin.minus(context.loop().since(this.unresponsiveSince));
		if (left.isNegative() || left.isZero()) {
			throw conflict(service);
		}
		throw new PredecessorException(this.instance, address,
				"its check becomes critical within %d s, unless it lives".formatted(left.plusMillis(999).toSeconds()),
				RETRY_INTERVAL);
	}

	private void takeOver(Map<String, @Nullable Object> service, String why, Runnable dead) {
		logger.info("{} is left from another process at {}, {}; taking it over", this.id, ConsulEntry.holder(service),
				why);
		dead.run();
	}

	private static @Nullable HostAndPort address(Map<String, @Nullable Object> service) {
		if (service.get("Address") instanceof String host && service.get("Port") instanceof Integer port) {
			try {
				HostAndPort address = new HostAndPort(host, port);
				return address.isWildcard() ? null : address;
			}
			catch (IllegalArgumentException ex) {
				logger.debug("{} is at no address that can be probed", service.get("ID"), ex);
			}
		}
		return null;
	}

	/**
	 * The entry is that of a process that lives, as far as anybody can tell.
	 */
	RegistrationConflictException conflict(Map<String, @Nullable Object> service) {
		return new RegistrationConflictException(this.instance,
				"another process of service '%s' at %s".formatted(service.get("Service"), ConsulEntry.holder(service)));
	}

	private record Holder(String address, @Nullable Object owner) {

		static Holder of(Map<String, @Nullable Object> service) {
			return new Holder(ConsulEntry.holder(service), ConsulRecord.owner(service));
		}

	}

}
