package io.github.grpcdiscovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.RegistrationStatus.State;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@Timeout(60)
class InstanceLifecycleTests {

	private static final ServiceInstance INSTANCE = ServiceInstance.of("orders", "10.0.0.1", 9090);

	private final List<String> events = new CopyOnWriteArrayList<>();

	private final CompletableFuture<Boolean> deregistered = new CompletableFuture<>();

	private volatile ServiceRegistrar registrar = registrar(this::registration);

	private final InstanceLifecycle lifecycle = lifecycle(Duration.ZERO);

	@Test
	void registersWhenTheServerRunsAndIsReady() {
		CompletableFuture<Void> ready = new CompletableFuture<>();
		CompletableFuture<List<Registration>> started = this.lifecycle.start(INSTANCE, ready);
		assertThat(started).isNotDone();
		assertThat(this.lifecycle.registrations()).isEmpty();
		ready.complete(null);
		assertThat(started).isCompletedWithValue(this.lifecycle.registrations());
		assertThat(this.events).containsExactly("register");
	}

	@Test
	void isNotRegisteredWhileNoTrafficIsAccepted() {
		this.deregistered.complete(true);
		this.lifecycle.acceptTraffic(false);
		assertThat(this.lifecycle.start(INSTANCE, done())).isCompletedWithValue(List.of());
		this.lifecycle.acceptTraffic(true);
		this.lifecycle.acceptTraffic(true);
		this.lifecycle.acceptTraffic(false);
		assertThat(this.lifecycle.registrations()).isEmpty();
		assertThat(this.events).containsExactly("register", "deregister");
	}

	@Test
	void readyServerThatHasStoppedMeanwhileIsNotRegistered() {
		CompletableFuture<Void> ready = new CompletableFuture<>();
		CompletableFuture<List<Registration>> started = this.lifecycle.start(INSTANCE, ready);
		this.lifecycle.close();
		ready.complete(null);
		assertThat(started).isCompletedWithValue(List.of());
		assertThat(this.events).isEmpty();
	}

	@Test
	void registersAgainWhenTheOneBeforeHasLeft() {
		this.lifecycle.start(INSTANCE, done());
		this.lifecycle.acceptTraffic(false);
		this.lifecycle.acceptTraffic(true);
		assertThat(this.events).containsExactly("register", "deregister");
		this.deregistered.complete(true);
		assertThat(this.events).containsExactly("register", "deregister", "register");
		assertThat(this.lifecycle.registrations()).hasSize(1);
	}

	@Test
	void whatTheRegistryRefusesIsTheCallersError() {
		this.registrar = registrar((instance) -> {
			throw new IllegalArgumentException("weight: -1");
		});
		assertThat(this.lifecycle.start(INSTANCE, done())).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(IllegalArgumentException.class);
		assertThat(this.lifecycle.registrations()).isEmpty();
	}

	@Test
	void nobodyWaitsForARegistryThatBlocksButTheOneWhoCallsIt() throws Exception {
		CompletableFuture<Void> called = new CompletableFuture<>();
		CompletableFuture<Registration> blocked = new CompletableFuture<>();
		this.registrar = registrar((instance) -> {
			called.complete(null);
			return blocked.join();
		});
		CompletableFuture<Void> starting = CompletableFuture.runAsync(() -> this.lifecycle.start(INSTANCE, done()));
		called.get(30, TimeUnit.SECONDS);
		assertThat(this.lifecycle.registrations()).isEmpty();
		CompletableFuture<List<Registration>> refused = this.lifecycle.acceptTraffic(false);
		assertThat(refused).isNotDone();
		this.deregistered.complete(true);
		blocked.complete(registration(INSTANCE));
		starting.get(30, TimeUnit.SECONDS);
		assertThat(refused).isCompletedWithValue(List.of());
		assertThat(this.events).containsExactly("register", "deregister");
	}

	@Test
	void stopMayBeCalledFromWithinARegistration() {
		this.deregistered.complete(true);
		this.registrar = registrar((instance) -> {
			this.lifecycle.stopAndDrain();
			return registration(instance);
		});
		this.lifecycle.start(INSTANCE, done());
		assertThat(this.events).containsExactly("register", "deregister");
		assertThat(this.lifecycle.registrations()).isEmpty();
	}

	@Test
	void servesOnForTheDrainTimeOnceAndEndsByAnInterrupt() {
		this.deregistered.complete(true);
		InstanceLifecycle lifecycle = lifecycle(Duration.ofDays(1));
		lifecycle.start(INSTANCE, done());
		Thread.currentThread().interrupt();
		lifecycle.stopAndDrain();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.events).containsExactly("register", "deregister");
	}

	@Test
	void refusesANegativeDrain() {
		assertThatIllegalArgumentException().isThrownBy(() -> lifecycle(Duration.ofSeconds(-1)))
			.withMessageStartingWith("drain: -1s (expected: ");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.lifecycle.registrations().add(registration(INSTANCE)));
	}

	private InstanceLifecycle lifecycle(Duration drain) {
		return new InstanceLifecycle(List.of(new FakeRegistry()), drain);
	}

	private static CompletableFuture<Void> done() {
		return CompletableFuture.completedFuture(null);
	}

	private static ServiceRegistrar registrar(Function<ServiceInstance, Registration> register) {
		return new ServiceRegistrar() {

			@Override
			public String registry() {
				return "fake";
			}

			@Override
			public Registration register(ServiceInstance instance) {
				return register.apply(instance);
			}

		};
	}

	private Registration registration(ServiceInstance instance) {
		this.events.add("register");
		return new Registration() {

			@Override
			public RegistrationStatus status() {
				return RegistrationStatus.builder("fake", instance, State.REGISTERED, Instant.EPOCH)
					.registrations(1)
					.build();
			}

			@Override
			public CompletableFuture<Void> registered() {
				return done();
			}

			@Override
			public CompletableFuture<Boolean> deregister(Duration timeout) {
				InstanceLifecycleTests.this.events.add("deregister");
				return InstanceLifecycleTests.this.deregistered;
			}

			@Override
			public void close() {
				deregister(Duration.ZERO);
			}

		};
	}

	private final class FakeRegistry implements Registry {

		@Override
		public String name() {
			return "fake";
		}

		@Override
		public String description() {
			return "fake (memory)";
		}

		@Override
		public ServiceRegistrar registrar() {
			return InstanceLifecycleTests.this.registrar;
		}

		@Override
		public ServiceDiscovery discovery() {
			throw new UnsupportedOperationException();
		}

		@Override
		public void close() {
		}

	}

}
