package io.github.grpcdiscovery.internal.registration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.reconnect.FakeAttempts;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A registration that is closed takes its instance out of the registry, once.
 */
class DeregistrationTests extends RegistrationKeeperFixture {

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

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

}
