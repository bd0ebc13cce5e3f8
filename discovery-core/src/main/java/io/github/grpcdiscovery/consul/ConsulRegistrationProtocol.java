package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.ReachabilityProbe;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.RegistrationProtocol;

/**
 * One instance on one agent, always under the same id. What is written is written one
 * after the other, so that a registration on its way cannot come after the deregistration
 * that follows it. On the event loop only.
 */
final class ConsulRegistrationProtocol implements RegistrationProtocol {

	private static final Logger logger = LoggerFactory.getLogger(ConsulRegistrationProtocol.class);

	/** Whoever writes over our entry more often than that insists. */
	private static final Duration PUT_BACK_INTERVAL = Duration.ofSeconds(45);

	private final ConsulApi api;

	private final EventLoop loop;

	private final ConsulSettings settings;

	private final ServiceInstance instance;

	private final ConsulRecord record;

	private final ConsulPredecessor predecessor;

	private final OwnHealth health;

	private CompletionStage<?> lastWrite = CompletableFuture.completedStage(null);

	private @Nullable String maintenance;

	private boolean sent;

	private boolean written;

	private boolean refused;

	private @Nullable Long putBackAt;

	/**
	 * Creates the protocol of one registration.
	 * @param api talks to Consul
	 * @param loop the registry's event loop
	 * @param settings how to be registered
	 * @param instance what to register
	 * @param reachability knows whether somebody listens at an address
	 * @param refusal knows whether connections to an address are refused
	 * @throws IllegalArgumentException if Consul cannot hold such an instance
	 */
	ConsulRegistrationProtocol(ConsulApi api, EventLoop loop, ConsulSettings settings, ServiceInstance instance,
			ReachabilityProbe reachability, ReachabilityProbe refusal) {
		this.api = api;
		this.loop = loop;
		this.settings = settings;
		this.instance = instance;
		this.record = ConsulRecord.of(instance, settings.check());
		this.predecessor = new ConsulPredecessor(api, reachability, refusal, instance, settings.check());
		this.health = new OwnHealth(loop, instance, this.record.id(), settings);
	}

	@Override
	public Attempt attempt() {
		return new ConsulRegistrationAttempt(this.api, this, this.settings, this.instance);
	}

	ConsulRecord record() {
		return this.record;
	}

	ConsulPredecessor predecessor() {
		return this.predecessor;
	}

	/**
	 * Takes what the agent says about the instance.
	 * @param answer of the agent's health endpoint
	 */
	void seen(ConsulAnswer answer) {
		this.health.seen(answer, this.maintenance != null);
	}

	@Override
	public @Nullable String unhealthy() {
		return this.health.fault();
	}

	String permission() {
		return "service:write on '" + this.instance.service() + "'";
	}

	/**
	 * Puts the instance in, after everything that was written before. In maintenance it
	 * is not well from the beginning, so that no list shows it for a moment.
	 */
	CompletionStage<ConsulAnswer> write() {
		this.loop.requireInLoop();
		this.sent = true;
		ConsulRecord record = (this.maintenance != null) ? this.record.critical() : this.record;
		CompletionStage<ConsulAnswer> write = this.lastWrite.handle((ignored, error) -> record.body())
			.thenCompose(this.api::register);
		this.lastWrite = write;
		return write;
	}

	/**
	 * Takes note that the agent holds the instance.
	 */
	void written() {
		this.written = true;
	}

	/**
	 * Whether the agent held the instance once.
	 */
	boolean isWritten() {
		return this.written;
	}

	/**
	 * Takes note whether the last attempt ended because our token may not do any more
	 * what it did.
	 */
	void refused(boolean refused) {
		this.refused = refused;
	}

	boolean isRefused() {
		return this.refused;
	}

	/**
	 * Decides whether our entry, over which somebody wrote who is no process of this
	 * kind, is put back: once, since whoever insists is not fought.
	 * @param service what the agent holds in its place
	 */
	boolean putsBack(Map<String, @Nullable Object> service) {
		if (!this.written || ConsulRecord.owner(service) != null
				|| !this.instance.service().equals(service.get("Service"))) {
			return false;
		}
		if (this.putBackAt != null && this.loop.since(this.putBackAt).compareTo(PUT_BACK_INTERVAL) < 0) {
			return false;
		}
		this.putBackAt = this.loop.nanoTime();
		logger.warn("{} was overwritten by somebody else ({}), putting it back once", this.record.id(),
				ConsulEntry.holder(service));
		return true;
	}

	/**
	 * Switches maintenance on again, which a registration switches off.
	 */
	CompletionStage<?> restoreMaintenance() {
		this.loop.requireInLoop();
		return (this.maintenance != null) ? this.api.maintenance(this.record.id(), true, this.maintenance)
				: CompletableFuture.completedStage(null);
	}

	/**
	 * Takes the instance out of the lists without deregistering it, or puts it back. Any
	 * thread.
	 * @param reason what operators are shown; {@code null} to end it
	 * @return completes when the agent confirmed. Otherwise it is done as soon as the
	 * instance is registered again
	 */
	CompletableFuture<@Nullable Void> maintain(@Nullable String reason) {
		CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
		this.loop.execute(() -> {
			this.maintenance = reason;
			CompletionStage<ConsulAnswer> call = this.lastWrite.handle((ignored, error) -> this.record.id())
				.thenCompose((id) -> this.api.maintenance(id, reason != null, (reason != null) ? reason : ""));
			this.lastWrite = call;
			call.thenAccept((answer) -> answer.requireOk(permission())).whenComplete((ignored, error) -> {
				if (error == null) {
					done.complete(null);
				}
				else {
					done.completeExceptionally(ConsulErrors.unwrap(error));
				}
			});
		});
		return done;
	}

	@Override
	public boolean mayBeThere() {
		return this.sent;
	}

	@Override
	public CompletionStage<?> deregister() {
		CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
		this.lastWrite.handle((ignored, error) -> this.record.id())
			.thenCompose(this.api::service)
			.thenCompose(this::deregisterIfOurs)
			.whenComplete((answer, error) -> {
				if (error == null) {
					result.complete(null);
				}
				else {
					result.completeExceptionally(ConsulErrors.unwrap(error));
				}
			});
		return result;
	}

	// what another process wrote under our id is not ours to take out
	private CompletionStage<?> deregisterIfOurs(ConsulAnswer found) {
		if (found.isNotFound()) {
			return CompletableFuture.completedStage(null);
		}
		if (found.isOk()) {
			if (!this.record.isOwner(found.service())) {
				return CompletableFuture.completedStage(null);
			}
		}
		return this.api.deregister(this.record.id()).thenAccept(this::requireGone);
	}

	private void requireGone(ConsulAnswer answer) {
		if (!answer.isOk() && !answer.isNotFound()) {
			RegistryException error = answer.error(permission());
			throw error;
		}
	}

}
