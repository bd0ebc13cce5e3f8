package io.github.grpcdiscovery.internal.registration;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.reconnect.FakeAttempts;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.PredecessorException;
import io.github.grpcdiscovery.spi.RegistrationProtocol;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.FakeScheduler;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

class RegistrationKeeperTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private static final ServiceInstance INSTANCE = ServiceInstance.of("svc", "127.0.0.1", 9090);

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final FakeAttempts attempts = new FakeAttempts();

	private final CompletableFuture<Void> answer = new CompletableFuture<>();

	private final List<State> states = new ArrayList<>();

	private final List<String> lost = new ArrayList<>();

	private final CapturedLog log = new CapturedLog(RegistrationKeeper.class);

	private int deregistrations;

	private boolean mayBeThere = true;

	private Supplier<CompletionStage<?>> deregister = () -> this.answer;

	private final RegistrationKeeper keeper = RegistrationKeeper.start(
			new RegistryContext("fake", "fake", this.loop, new Observer(), Clock.fixed(NOW, ZoneOffset.UTC)), INSTANCE,
			Backoff.DEFAULT, new Protocol());

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@Test
	void returnsAtOnceAndRegistersOnTheLoop() {
		assertThat(this.attempts.count()).isZero();
		assertThat(this.keeper.status())
			.isEqualTo(RegistrationStatus.builder("fake", INSTANCE, State.REGISTERING, NOW).build());
		assertThat(this.keeper.registered()).isNotDone();
		register();
		assertThat(this.keeper.registered()).isCompleted();
		assertThat(this.keeper.status())
			.isEqualTo(RegistrationStatus.builder("fake", INSTANCE, State.REGISTERED, NOW).registrations(1).build());
		assertThat(this.keeper).hasToString("RegistrationKeeper[127.0.0.1:9090 in fake, REGISTERED]");
	}

	@Test
	void callerCannotCompleteOurFuture() {
		this.keeper.registered().complete(null);
		assertThat(this.keeper.registered()).isNotDone();
	}

	@Test
	void isTriedAgainUntilItSucceeds() {
		this.scheduler.runDue();
		for (int i = 0; i < 10; i++) {
			fail("refused");
			assertThat(this.keeper.status().state()).isEqualTo(State.REGISTERING);
			assertThat(this.keeper.status().lastError()).isEqualTo("refused");
			this.scheduler.advance(Duration.ofSeconds(3));
		}
		assertThat(this.keeper.registered()).isNotDone();
		register();
		assertThat(this.keeper.registered()).isCompleted();
		assertThat(this.keeper.status().lastError()).isNull();
		assertThat(this.states).containsExactly(State.REGISTERED);
	}

	@Test
	void refusalFailsTheWaitForTheFirstRegistrationAndIsTriedAgain() {
		this.scheduler.runDue();
		this.attempts.last().context().failed(new RegistryAccessException("permission denied", null));
		this.scheduler.runDue();
		assertThat(this.keeper.registered()).isCompletedExceptionally();
		assertThat(this.keeper.status().state()).isEqualTo(State.REGISTERING);
		this.scheduler.advance(Duration.ofMinutes(1));
		register();
		assertThat(this.keeper.status().state()).isEqualTo(State.REGISTERED);
	}

	@Test
	void isRegisteredAgainAfterContactWasLost() {
		register();
		fail("lease gone");
		assertThat(this.keeper.status().state()).isEqualTo(State.RETRYING);
		this.scheduler.advance(Duration.ofSeconds(1));
		register();
		assertThat(this.keeper.status().registrations()).isEqualTo(2);
		assertThat(this.states).containsExactly(State.REGISTERED, State.RETRYING, State.REGISTERED);
	}

	@Test
	void logsTransitionsAndNotAttempts() {
		register();
		assertThat(this.log.infos()).containsExactly("Registered 127.0.0.1:9090 of service 'svc' in fake");
		for (int i = 0; i < 20; i++) {
			fail("gone");
			this.scheduler.advance(Duration.ofSeconds(3));
		}
		assertThat(this.log.warnings())
			.containsExactly("127.0.0.1:9090 of service 'svc' is not registered in fake, retrying: gone");
		assertThat(this.lost).containsExactly("svc REGISTRATION");
		register();
		assertThat(this.log.infos()).hasSize(2)
			.last()
			.asString()
			.startsWith("Registered 127.0.0.1:9090 of service 'svc' in fake again, after 1m");
		assertThat(this.log.warnings()).hasSize(1);
	}

	@Test
	void conflictFailsTheFutureAndIsTriedAgainAtLongIntervals() {
		this.scheduler.runDue();
		conflict();
		assertThat(this.keeper.status().state()).isEqualTo(State.CONFLICT);
		assertThat(catchThrowable(() -> this.keeper.registered().join()))
			.hasCauseInstanceOf(RegistrationConflictException.class);
		assertThat(this.scheduler.nextDelay()).isEqualTo(Duration.ofSeconds(45));
		this.scheduler.advance(Duration.ofSeconds(45));
		register();
		assertThat(this.keeper.status().state()).isEqualTo(State.REGISTERED);
	}

	@Test
	@Proves("F67")
	void entryOfADeadProcessIsWaitedForAndIsNoConflict() {
		this.scheduler.runDue();
		for (int i = 0; i < 3; i++) {
			this.attempts.last()
				.context()
				.failed(new PredecessorException(INSTANCE, new HostAndPort("127.0.0.1", 1), "its lease ends within 4 s",
						Duration.ofSeconds(1)));
			this.scheduler.advance(Duration.ofSeconds(6));
		}
		assertThat(this.keeper.status().state()).isEqualTo(State.WAITING);
		assertThat(this.keeper.registered()).isNotDone();
		assertThat(this.log.warnings()).singleElement()
			.asString()
			.endsWith("instance id '127.0.0.1:9090' of service 'svc' is still held by 127.0.0.1:1, "
					+ "where nobody listens any more: waiting, since its lease ends within 4 s");
		register();
		assertThat(this.keeper.registered()).isCompleted();
		assertThat(this.states).containsExactly(State.WAITING, State.REGISTERED);
	}

	@Test
	void whatWasNeverWrittenIsNotSaidToBeDeregistered() {
		this.mayBeThere = false;
		this.scheduler.runDue();
		fail("connection refused");
		CompletableFuture<Boolean> left = this.keeper.deregister(TIMEOUT);
		this.answer.completeExceptionally(new RegistryException("connection refused", null));
		this.scheduler.runDue();
		assertThat(left).isCompletedWithValue(true);
		assertThat(this.keeper.status().state()).isEqualTo(State.DEREGISTERED);
		assertThat(this.log.infos())
			.containsExactly("Closed the registration of 127.0.0.1:9090 of service 'svc' before it was in fake");
		assertThat(this.log.warnings()).noneMatch((line) -> line.contains("deregister"));
	}

	@Test
	void whatWasNeverWrittenIsNotSaidToGoAfterTheTtl() {
		this.mayBeThere = false;
		this.scheduler.runDue();
		CompletableFuture<Boolean> left = this.keeper.deregister(TIMEOUT);
		this.scheduler.advance(TIMEOUT);
		assertThat(left).isCompletedWithValue(false);
		assertThat(this.log.warnings()).isEmpty();
		assertThat(this.log.infos()).singleElement().asString().contains("before it was in fake");
	}

	@Test
	void whatWasNeverConfirmedMayBeThere() {
		this.scheduler.runDue();
		this.keeper.deregister(TIMEOUT);
		this.answer.completeExceptionally(new RegistryException("connection refused", null));
		this.scheduler.runDue();
		assertThat(this.log.warnings()).singleElement()
			.isEqualTo(
					"Could not deregister 127.0.0.1:9090 of service 'svc' from fake, which did not confirm the registration; "
							+ "what it holds expires after the TTL: connection refused");
	}

	@Test
	void contactThatComesAndGoesIsToldOfOnceAMinute() {
		for (int i = 0; i < 20; i++) {
			register();
			fail("gone");
			this.scheduler.advance(Duration.ofSeconds(6));
		}
		assertThat(this.log.warnings()).hasSize(2);
		assertThat(this.log.infos()).hasSize(3);
	}

	@Test
	void conflictThatFollowsAnOutageIsLoggedOnce() {
		this.scheduler.runDue();
		fail("refused");
		for (int i = 0; i < 3; i++) {
			this.scheduler.advance(Duration.ofMinutes(1));
			conflict();
		}
		assertThat(this.log.warnings()).hasSize(2)
			.last()
			.asString()
			.contains("is held by 127.0.0.1:1, and this process is 127.0.0.1:9090");
		assertThat(this.lost).hasSize(1);
	}

	@Test
	void deregistersWhatIsRegistered() {
		register();
		CompletableFuture<Boolean> left = this.keeper.deregister(TIMEOUT);
		this.scheduler.runDue();
		assertThat(this.attempts.last().ends()).isEqualTo(1);
		assertThat(this.keeper.status().state()).isEqualTo(State.DEREGISTERING);
		assertThat(left).isNotDone();
		this.answer.complete(null);
		this.scheduler.runDue();
		assertThat(left).isCompletedWithValue(true);
		assertThat(this.keeper.status().state()).isEqualTo(State.DEREGISTERED);
		assertThat(this.scheduler.pendingTasks()).isZero();
		assertThat(this.log.infos()).last().isEqualTo("Deregistered 127.0.0.1:9090 of service 'svc' from fake");
	}

	@Test
	@Proves("F44")
	void deregisteringManyTimesAsksTheRegistryOnce() {
		register();
		List<CompletableFuture<Boolean>> all = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			all.add(this.keeper.deregister(TIMEOUT));
			this.scheduler.runDue();
		}
		this.answer.complete(null);
		this.scheduler.runDue();
		all.add(this.keeper.deregister(TIMEOUT));
		this.scheduler.runDue();
		assertThat(all).allSatisfy((left) -> assertThat(left).isCompletedWithValue(true));
		assertThat(this.deregistrations).isEqualTo(1);
	}

	@Test
	void closingBeforeTheFirstAttemptMakesNone() {
		this.keeper.deregister(TIMEOUT);
		CompletableFuture<Void> registered = this.keeper.registered();
		this.answer.complete(null);
		this.scheduler.advance(Duration.ofMinutes(5));
		// what start() queued comes first, and is ended at once
		assertThat(this.attempts.count()).isLessThanOrEqualTo(1);
		assertThat(this.keeper.status().state()).isEqualTo(State.DEREGISTERED);
		assertThat(catchThrowable(registered::join)).hasCauseInstanceOf(CancellationException.class);
	}

	@Test
	@Proves("F44")
	void closingWinsOverAnAttemptThatIsUnderWay() {
		this.scheduler.runDue();
		FakeAttempts.FakeAttempt attempt = this.attempts.last();
		this.keeper.deregister(TIMEOUT);
		this.scheduler.runDue();
		attempt.active();
		this.answer.complete(null);
		this.scheduler.advance(Duration.ofMinutes(5));
		assertThat(this.keeper.status().state()).isEqualTo(State.DEREGISTERED);
		assertThat(this.keeper.status().registrations()).isZero();
		assertThat(this.attempts.count()).isEqualTo(1);
		assertThat(this.states).containsExactly(State.DEREGISTERING, State.DEREGISTERED);
	}

	@Test
	void closingWhileWaitingMakesNoOtherAttempt() {
		register();
		fail("gone");
		this.keeper.deregister(TIMEOUT);
		this.scheduler.advance(Duration.ofMinutes(5));
		assertThat(this.attempts.count()).isEqualTo(1);
	}

	@Test
	@Proves("F43")
	void deregisteringGivesUpAtItsDeadline() {
		register();
		CompletableFuture<Boolean> left = this.keeper.deregister(TIMEOUT);
		this.scheduler.advance(Duration.ofMillis(1999));
		assertThat(left).isNotDone();
		this.scheduler.advance(Duration.ofMillis(1));
		assertThat(left).isCompletedWithValue(false);
		assertThat(this.keeper.status().state()).isEqualTo(State.DEREGISTERED);
		assertThat(this.keeper.status().lastError()).isEqualTo("not confirmed within 2s");
		assertThat(this.log.warnings()).singleElement().asString().contains("it expires there after the TTL");
		this.answer.completeExceptionally(new RegistryException("too late", null));
		this.scheduler.runDue();
		assertThat(this.log.warnings()).hasSize(1);
	}

	@Test
	void confirmationAfterTheDeadlineStillCounts() {
		register();
		this.keeper.deregister(TIMEOUT);
		this.scheduler.advance(TIMEOUT);
		this.answer.complete(null);
		this.scheduler.runDue();
		assertThat(this.keeper.status().lastError()).isNull();
		CompletableFuture<Boolean> again = this.keeper.deregister(TIMEOUT);
		this.scheduler.runDue();
		assertThat(again).isCompletedWithValue(true);
	}

	@Test
	void failedDeregistrationIsToldAtOnce() {
		register();
		CompletableFuture<Boolean> left = this.keeper.deregister(TIMEOUT);
		this.answer.completeExceptionally(new RegistryException("refused", null));
		this.scheduler.runDue();
		assertThat(left).isCompletedWithValue(false);
		assertThat(this.keeper.status().state()).isEqualTo(State.DEREGISTERED);
		assertThat(this.keeper.status().lastError()).isEqualTo("refused");
		assertThat(this.log.warnings()).hasSize(1);
	}

	@Test
	void protocolThatThrowsIsAFailedDeregistration() {
		register();
		this.deregister = () -> {
			throw new IllegalStateException("odd");
		};
		CompletableFuture<Boolean> left = this.keeper.deregister(TIMEOUT);
		this.scheduler.runDue();
		assertThat(left).isCompletedWithValue(false);
		assertThat(this.keeper.status().state()).isEqualTo(State.DEREGISTERED);
	}

	@Test
	void deregisteringAfterTheLoopIsClosedAnswersAtOnce() {
		register();
		this.keeper.deregister(TIMEOUT);
		this.answer.complete(null);
		this.scheduler.runDue();
		this.loop.close();
		assertThat(this.keeper.deregister(TIMEOUT)).isCompletedWithValue(true);
		this.keeper.close();
	}

	@Test
	void closeOnAClosedLoopWaitsForNobody() {
		register();
		this.loop.close();
		assertThat(this.keeper.deregister(TIMEOUT)).isCompletedWithValue(false);
		this.keeper.close();
	}

	@Test
	void closeWaitsForTheRegistry() {
		this.answer.complete(null);
		try (EventLoop loop = EventLoop.start("keeper-under-test")) {
			RegistrationKeeper real = RegistrationKeeper.start(
					new RegistryContext("fake", "fake", loop, DiscoveryObserver.NONE), INSTANCE, Backoff.DEFAULT,
					new Protocol());
			real.close();
			real.close();
			assertThat(real.status().state()).isEqualTo(State.DEREGISTERED);
		}
	}

	@Test
	void closeOnTheLoopDoesNotWaitForItself() {
		register();
		this.loop.execute(this.keeper::close);
		this.loop.execute(this.loop::close);
		this.scheduler.runDue();
		assertThat(this.keeper.status().state()).isEqualTo(State.DEREGISTERING);
		this.answer.complete(null);
		assertThat(this.keeper.status().state()).isEqualTo(State.DEREGISTERED);
		assertThat(this.keeper.deregister(TIMEOUT)).isCompletedWithValue(true);
	}

	@Test
	void closeByAnInterruptedThreadReturnsAndStaysInterrupted() {
		try (EventLoop loop = EventLoop.start("keeper-under-test")) {
			RegistrationKeeper real = RegistrationKeeper.start(
					new RegistryContext("fake", "fake", loop, DiscoveryObserver.NONE), INSTANCE, Backoff.DEFAULT,
					new Protocol());
			Thread.currentThread().interrupt();
			real.close();
			assertThat(Thread.interrupted()).isTrue();
			// what it had asked for happens all the same
			Conditions.eventually(() -> assertThat(real.status().state()).isEqualTo(State.DEREGISTERING));
		}
	}

	private void register() {
		this.scheduler.runDue();
		this.attempts.last().active();
		this.scheduler.runDue();
	}

	private void fail(String message) {
		this.attempts.last().failed(message);
		this.scheduler.runDue();
	}

	private void conflict() {
		this.attempts.last().context().failed(new RegistrationConflictException(INSTANCE, "127.0.0.1:1"));
		this.scheduler.runDue();
	}

	private final class Protocol implements RegistrationProtocol {

		@Override
		public Attempt attempt() {
			return RegistrationKeeperTests.this.attempts.get();
		}

		@Override
		public boolean mayBeThere() {
			return RegistrationKeeperTests.this.mayBeThere;
		}

		@Override
		public CompletionStage<?> deregister() {
			RegistrationKeeperTests.this.deregistrations++;
			return RegistrationKeeperTests.this.deregister.get();
		}

	}

	private final class Observer implements DiscoveryObserver {

		@Override
		public void registrationChanged(RegistrationStatus status) {
			RegistrationKeeperTests.this.states.add(status.state());
		}

		@Override
		public void contactLost(String registry, String service, Purpose purpose) {
			RegistrationKeeperTests.this.lost.add(service + " " + purpose);
		}

	}

}
