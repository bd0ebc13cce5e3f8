package io.github.grpcdiscovery;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.internal.util.Failures;
import io.github.grpcdiscovery.internal.util.SerialTasks;

/**
 * Keeps one instance registered while its server runs and accepts traffic, and takes it
 * out of the registries before the server stops: deregister, then serve on until clients
 * know of it. Leaving never waits for a registration. Safe for use by any thread.
 */
public final class InstanceLifecycle implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(InstanceLifecycle.class);

	private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(2);

	private static final Duration GRACE = Duration.ofMillis(500);

	private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

	private final List<Registry> registries;

	private final Duration drain;

	// all state below is changed by these alone; no lock is held while a registry is
	// called
	private final SerialTasks tasks = new SerialTasks();

	private boolean accepting = true;

	private @Nullable ServiceInstance instance;

	private CompletionStage<?> ready = DONE;

	// read by any thread
	private volatile List<Registration> registrations = List.of();

	private volatile CompletableFuture<Void> left = DONE;

	private volatile CompletableFuture<Void> drained = DONE;

	/**
	 * Creates the life cycle of an instance whose server has not started.
	 * @param registries where to register
	 * @param drain how long to serve on after the instance was taken out of the
	 * registries, unless nobody could have seen it there; zero or more
	 */
	public InstanceLifecycle(List<Registry> registries, Duration drain) {
		this.registries = List.copyOf(registries);
		this.drain = InvalidSettingException.requireBetween("drain", drain, Duration.ZERO, Durations.MAX);
	}

	/**
	 * The server runs. Registers the instance, now or when traffic is accepted.
	 * @param instance what to register
	 * @param ready completes when the server may be registered
	 * @return the registrations, as soon as it is ready; empty if the instance is not to
	 * be registered now. Does not wait for the registries
	 */
	public CompletableFuture<List<Registration>> start(ServiceInstance instance, CompletionStage<?> ready) {
		return submit(() -> {
			this.instance = instance;
			this.ready = ready;
			return update();
		});
	}

	/**
	 * Registers the instance when traffic is accepted, and takes it out when it is not.
	 * Traffic is accepted at first.
	 * @param accepting whether traffic is accepted
	 * @return as {@link #start} returns
	 */
	public CompletableFuture<List<Registration>> acceptTraffic(boolean accepting) {
		return submit(() -> {
			this.accepting = accepting;
			return update();
		});
	}

	/**
	 * The registrations now, from memory.
	 * @return an immutable list; empty while the instance is not to be registered
	 */
	public List<Registration> registrations() {
		return this.registrations;
	}

	/**
	 * The server is about to stop. Takes the instance out of the registries and waits for
	 * it some two seconds at most, then as long as clients may take to learn of it. An
	 * interrupt ends the wait and stays. May be called any number of times;
	 * {@link #start} begins again.
	 */
	public void stopAndDrain() {
		close();
		CompletableFuture<Void> drained = this.drained;
		if (this.left.isDone() && !drained.isDone() && !this.tasks.inTask()) {
			logger.debug("Draining: serving for up to {} while clients learn that this instance leaves",
					Durations.text(this.drain));
			await(drained, this.drain);
		}
	}

	/**
	 * Takes the instance out of the registries and waits for it, some two seconds at
	 * most.
	 */
	@Override
	public void close() {
		CompletableFuture<?> leaving = submit(() -> {
			this.instance = null;
			return update();
		}).thenCompose((none) -> this.left);
		if (!this.tasks.inTask()) {
			await(leaving, LEAVE_TIMEOUT);
		}
	}

	private CompletableFuture<List<Registration>> submit(Supplier<CompletableFuture<List<Registration>>> task) {
		boolean nested = this.tasks.inTask();
		CompletableFuture<List<Registration>> result = new CompletableFuture<>();
		this.tasks.execute(() -> {
			try {
				task.get().whenComplete((registrations, error) -> complete(result, registrations, error));
			}
			catch (RuntimeException | LinkageError ex) {
				result.completeExceptionally(ex);
			}
		});
		return nested ? CompletableFuture.completedFuture(this.registrations) : result;
	}

	private static <T> void complete(CompletableFuture<T> result, T value, @Nullable Throwable error) {
		if (error == null) {
			result.complete(value);
		}
		else {
			result.completeExceptionally(Failures.unwrap(error));
		}
	}

	private CompletableFuture<List<Registration>> update() {
		this.tasks.requireInTask();
		ServiceInstance instance = this.instance;
		if (instance == null || !this.accepting) {
			leave();
		}
		else if (this.registrations.isEmpty()) {
			CompletableFuture<?> ready = this.ready.toCompletableFuture();
			if (!ready.isDone()) {
				return ready.handle((ignored, error) -> error).thenCompose((ignored) -> submit(this::update));
			}
			if (this.left.isDone()) {
				register(instance);
			}
			else {
				// one at a time: what still leaves must not take the next one with it
				this.left.thenRun(() -> submit(this::update).whenComplete(InstanceLifecycle::logFailure));
			}
		}
		return CompletableFuture.completedFuture(this.registrations);
	}

	private void register(ServiceInstance instance) {
		this.registrations = this.registries.stream()
			.map((registry) -> registry.registrar().register(instance))
			.toList();
	}

	private void leave() {
		List<Registration> leaving = this.registrations;
		if (leaving.isEmpty()) {
			return;
		}
		this.registrations = List.of();
		boolean wasSeen = leaving.stream().anyMatch((registration) -> registration.status().registrations() > 0);
		CompletableFuture<?>[] answers = leaving.stream()
			.map((registration) -> registration.deregister(LEAVE_TIMEOUT))
			.toArray(CompletableFuture[]::new);
		CompletableFuture<Void> drained = new CompletableFuture<>();
		this.drained = drained;
		this.left = CompletableFuture.allOf(answers).handle((ignored, error) -> {
			if (wasSeen) {
				drained.completeOnTimeout(null, this.drain.toNanos(), TimeUnit.NANOSECONDS);
			}
			else {
				drained.complete(null);
			}
			return null;
		});
	}

	private static void logFailure(@Nullable Object ignored, @Nullable Throwable error) {
		if (error != null) {
			logger.error("Could not register again after the previous registration ended", error);
		}
	}

	private static void await(CompletableFuture<?> future, Duration atMost) {
		try {
			future.get(atMost.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("No answer within {}", Durations.text(atMost), ex);
		}
	}

	@Override
	public String toString() {
		return "InstanceLifecycle" + this.registrations;
	}

}
