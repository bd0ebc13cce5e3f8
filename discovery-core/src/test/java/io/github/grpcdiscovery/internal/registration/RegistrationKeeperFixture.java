package io.github.grpcdiscovery.internal.registration;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.reconnect.FakeAttempts;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.RegistrationProtocol;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

/**
 * One registration whose attempts a test ends.
 */
abstract class RegistrationKeeperFixture {

	static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	static final ServiceInstance INSTANCE = ServiceInstance.of("svc", "127.0.0.1", 9090);

	final FakeScheduler scheduler = new FakeScheduler();

	final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	final FakeAttempts attempts = new FakeAttempts();

	final CompletableFuture<Void> answer = new CompletableFuture<>();

	final List<State> states = new ArrayList<>();

	final List<String> lost = new ArrayList<>();

	final CapturedLog log = new CapturedLog(RegistrationKeeper.class);

	int deregistrations;

	boolean mayBeThere = true;

	Supplier<CompletionStage<?>> deregister = () -> this.answer;

	final RegistrationKeeper keeper = RegistrationKeeper.start(
			new RegistryContext("fake", "fake", this.loop, new Observer(), Clock.fixed(NOW, ZoneOffset.UTC)), INSTANCE,
			Backoff.DEFAULT, new Protocol());

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	void register() {
		this.scheduler.runDue();
		this.attempts.last().active();
		this.scheduler.runDue();
	}

	void fail(String message) {
		this.attempts.last().failed(message);
		this.scheduler.runDue();
	}

	final class Protocol implements RegistrationProtocol {

		@Override
		public Attempt attempt() {
			return RegistrationKeeperFixture.this.attempts.get();
		}

		@Override
		public boolean mayBeThere() {
			return RegistrationKeeperFixture.this.mayBeThere;
		}

		@Override
		public CompletionStage<?> deregister() {
			RegistrationKeeperFixture.this.deregistrations++;
			return RegistrationKeeperFixture.this.deregister.get();
		}

	}

	private final class Observer implements DiscoveryObserver {

		@Override
		public void registrationChanged(RegistrationStatus status) {
			RegistrationKeeperFixture.this.states.add(status.state());
		}

		@Override
		public void contactLost(String registry, String service, Purpose purpose) {
			RegistrationKeeperFixture.this.lost.add(service + " " + purpose);
		}

	}

}
