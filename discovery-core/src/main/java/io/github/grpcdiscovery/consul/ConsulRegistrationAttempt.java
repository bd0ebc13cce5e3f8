package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.PredecessorException;

/**
 * Looks who is there, registers, and from then on looks whether it is still so, and with
 * a TTL check says that all is well. Whatever is not as it should be ends the attempt;
 * the next one registers again, which changes nothing where it was not needed.
 */
final class ConsulRegistrationAttempt implements Attempt {

	private static final Logger logger = LoggerFactory.getLogger(ConsulRegistrationAttempt.class);

	private static final int BEATS_PER_TTL = 3;

	/** Far longer than a successor takes from its last look to its write. */
	private static final Duration SETTLING = Duration.ofMillis(300);

	private final ConsulApi api;

	private final ConsulRegistrationProtocol protocol;

	private final ConsulRecord record;

	private final ConsulSettings settings;

	private final ServiceInstance instance;

	private boolean takenOver;

	ConsulRegistrationAttempt(ConsulApi api, ConsulRegistrationProtocol protocol, ConsulSettings settings,
			ServiceInstance instance) {
		this.api = api;
		this.protocol = protocol;
		this.record = protocol.record();
		this.settings = settings;
		this.instance = instance;
	}

	@Override
	public void begin(AttemptContext context) {
		if (this.protocol.isRefused() && this.settings.check().kind() == ConsulCheck.Kind.TTL) {
			// whatever else may be wrong with our token, the agent hears that we live
			this.api.pass(ConsulIds.check(this.record.id()));
		}
		context.await(this.api.service(this.record.id()), (found) -> claim(context, found));
	}

	/**
	 * What was granted may come back, and is tried before the agent takes us for dead.
	 */
	@Override
	public @Nullable Duration retryAfter(RegistryException cause) {
		boolean refused = cause instanceof RegistryAccessException && this.protocol.isWritten();
		this.protocol.refused(refused);
		if (cause instanceof PredecessorException predecessor) {
			return predecessor.retryAfter();
		}
		return refused ? this.settings.check().ttl().dividedBy(BEATS_PER_TTL) : null;
	}

	@Override
	public void end() {
		// what is under way ends by itself, and whoever deregisters waits for it
	}

	// one that an earlier process left on our address is ours now, since the address is
	private void claim(AttemptContext context, ConsulAnswer found) {
		if (found.isNotFound()) {
			register(context);
			return;
		}
		found.requireOk(this.protocol.permission());
		Map<String, @Nullable Object> service = found.service();
		if (this.record.isOwner(service) || isOnOurAddress(service) || this.protocol.putsBack(service)) {
			register(context);
		}
		else {
			this.protocol.predecessor().examine(context, service, () -> takeOver(context, service));
		}
	}

	// it took time to find out that the process is dead, and there may be two successors
	private void takeOver(AttemptContext context, Map<String, @Nullable Object> examined) {
		context.await(this.api.service(this.record.id()), (found) -> {
			if (found.isOk() && ConsulPredecessor.isSame(examined, found.service())) {
				this.takenOver = true;
				register(context);
			}
			else {
				claim(context, found);
			}
		});
	}

	private boolean isOnOurAddress(Map<String, @Nullable Object> service) {
		return this.instance.service().equals(service.get("Service")) && ConsulEntry.holder(service)
			.equals(new HostAndPort(this.instance.host(), this.instance.port()).toString());
	}

	private void register(AttemptContext context) {
		context.await(this.protocol.write(), (answer) -> {
			answer.requireOk(this.protocol.permission());
			this.protocol.written();
			context.await(this.protocol.restoreMaintenance(), (ignored) -> {
				if (this.takenOver) {
					context.schedule(SETTLING, () -> context.await(this.api.service(this.record.id()),
							(found) -> settled(context, found)));
				}
				else {
					registered(context);
				}
			});
		});
	}

	// of two successors that wrote at once, the second one has it
	private void settled(AttemptContext context, ConsulAnswer found) {
		requireOurs(found);
		registered(context);
	}

	private void registered(AttemptContext context) {
		if (this.settings.check().kind() != ConsulCheck.Kind.TTL) {
			context.active();
			scheduleAudit(context);
			return;
		}
		// a check that was critical when we registered again stays so until we speak
		context.await(this.api.pass(ConsulIds.check(this.record.id())), (answer) -> {
			answer.requireOk(this.protocol.permission());
			context.active();
			scheduleAudit(context);
			scheduleHeartbeat(context);
		});
	}

	private void scheduleHeartbeat(AttemptContext context) {
		context.schedule(this.settings.check().ttl().dividedBy(BEATS_PER_TTL),
				() -> context.await(this.api.pass(ConsulIds.check(this.record.id())), (answer) -> {
					// 404 and 500 alike say that the check is gone, depending on the
					// version
					answer.requireOk(this.protocol.permission());
					scheduleHeartbeat(context);
				}));
	}

	private void scheduleAudit(AttemptContext context) {
		Duration interval = this.settings.auditInterval();
		Duration delay = Duration.ofNanos((long) (interval.toNanos() * (0.7 + 0.25 * context.loop().random())));
		context.schedule(delay,
				() -> context.await(this.api.service(this.record.id()), (found) -> audit(context, found)));
	}

	private void audit(AttemptContext context, ConsulAnswer found) {
		requireOurs(found);
		scheduleAudit(context);
		context.await(this.api.serviceHealth(this.record.id()), this.protocol::seen,
				(error) -> logger.debug("Could not read the health of {} from the agent", this.record.id(), error));
	}

	private void requireOurs(ConsulAnswer found) {
		if (found.isNotFound()) {
			throw new RegistryException("%s: %s is gone from the agent".formatted(found.request(), this.record.id()),
					null);
		}
		found.requireOk(this.protocol.permission());
		Map<String, @Nullable Object> service = found.service();
		if (!this.record.isOwner(service) && ConsulRecord.owner(service) != null) {
			throw this.protocol.predecessor().conflict(service);
		}
		if (!this.record.isSame(service)) {
			throw new RegistryException("%s: somebody changed %s".formatted(found.request(), this.record.id()), null);
		}
	}

}
