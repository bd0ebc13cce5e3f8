package io.github.grpcdiscovery.internal.registration;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.spi.PredecessorException;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

class RegistrationKeeperTests extends RegistrationKeeperFixture {

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

	private void conflict() {
		this.attempts.last().context().failed(new RegistrationConflictException(INSTANCE, "127.0.0.1:1"));
		this.scheduler.runDue();
	}

}
