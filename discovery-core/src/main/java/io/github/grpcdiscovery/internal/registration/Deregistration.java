package io.github.grpcdiscovery.internal.registration;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.RegistrationProtocol;

/**
 * The end of one registration: takes the instance out of the registry, once, and says how
 * that went. On the event loop, except where it says otherwise.
 */
final class Deregistration {

	private final EventLoop loop;

	private final RegistrationProtocol protocol;

	private final OwnStatus own;

	private final RegistrationLog log;

	private final CompletableFuture<Boolean> result = new CompletableFuture<>();

	private boolean begun;

	/**
	 * Creates it; nothing is deregistered yet.
	 * @param loop the registry's event loop
	 * @param protocol writes to the registry
	 * @param own the state for operators
	 * @param log what the log says of the registration
	 */
	Deregistration(EventLoop loop, RegistrationProtocol protocol, OwnStatus own, RegistrationLog log) {
		this.loop = loop;
		this.protocol = protocol;
		this.own = own;
		this.log = log;
	}

	/**
	 * Takes the instance out. Only the first call has an effect.
	 */
	void begin() {
		if (this.begun) {
			return;
		}
		this.begun = true;
		this.own.change(State.DEREGISTERING, this.own.status().lastError());
		deregister().whenComplete((ignored, error) -> {
			if (!this.loop.offer(() -> ended(error))) {
				ended(error); // a closed loop runs nothing that could come in between
			}
		});
	}

	private CompletionStage<?> deregister() {
		try {
			return this.protocol.deregister();
		}
		catch (RuntimeException | LinkageError ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void ended(@Nullable Throwable error) {
		boolean waiting = this.own.status().state() == State.DEREGISTERING;
		if (!this.protocol.mayBeThere()) {
			if (waiting) {
				this.log.closedBeforeItWasThere();
			}
			this.own.change(State.DEREGISTERED, null);
			this.result.complete(true);
			return;
		}
		if (error == null) {
			this.log.deregistered();
			this.own.change(State.DEREGISTERED, null);
		}
		else if (waiting) {
			this.log.notDeregistered(this.own.status().registrations() > 0, error);
			this.own.change(State.DEREGISTERED, error.getMessage());
		}
		this.result.complete(error == null);
	}

	/**
	 * Says how it went, when that is known.
	 * @param result gets whether the registry confirmed it; {@code false} at the timeout
	 * @param timeout how long to wait for the registry
	 */
	void whenEnded(CompletableFuture<Boolean> result, Duration timeout) {
		this.result.thenAccept(result::complete);
		EventLoop.Timer deadline = this.loop.schedule(timeout, () -> {
			if (result.complete(false)) {
				giveUp(timeout);
			}
		});
		result.thenRun(deadline::cancel);
	}

	private void giveUp(Duration timeout) {
		if (this.own.status().state() == State.DEREGISTERING) {
			if (this.protocol.mayBeThere()) {
				this.log.notConfirmedAsDeregistered(timeout);
			}
			else {
				this.log.closedBeforeItWasThere();
			}
			this.own.change(State.DEREGISTERED, "not confirmed within " + Durations.text(timeout));
		}
	}

	/** Whether the registry has confirmed it so far. Any thread. */
	boolean isConfirmed() {
		return this.result.getNow(false);
	}

}
