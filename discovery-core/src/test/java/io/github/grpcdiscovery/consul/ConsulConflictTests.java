package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Another process has, or had, the id of the instance.
 */
class ConsulConflictTests extends ConsulRegistrationFixture {

	@Test
	void entryOfAnEarlierProcessOnOurAddressIsTakenOver() {
		this.api.next("service").json(200, foreign("10.0.0.1", 9090));
		run();
		answer("register", 200);
		assertState(State.REGISTERED);
	}

	@Test
	void entryOfAnotherProcessElsewhereIsAConflict() {
		this.api.next("service").json(200, foreign("10.0.0.2", 9091));
		run();
		this.api.next("health").json(200, Map.of("AggregatedStatus", "passing"));
		run();
		assertState(State.CONFLICT);
		assertThat(catchThrowable(() -> this.registration.registered().join())).cause()
			.isInstanceOf(RegistrationConflictException.class)
			.hasMessageContaining("10.0.0.2:9091")
			.hasMessageContaining("10.0.0.1:9090");
		this.scheduler.advance(Duration.ofSeconds(29));
		assertThat(this.api.operations).isEmpty();
		// the other one leaves
		this.scheduler.advance(Duration.ofSeconds(31));
		answer("service", 404);
		answer("register", 200);
		assertState(State.REGISTERED);
	}

	@Test
	@Proves("F67")
	void entryOfADeadProcessElsewhereIsTakenOver() {
		foundElsewhere("critical");
		takenOver();
	}

	@Test
	@Proves("F67")
	void entryOfAProcessThatRefusesConnectionsIsTakenOverAtOnce() {
		this.answering = false;
		this.refusing = true;
		foundElsewhere("passing");
		takenOver();
	}

	@Test
	@Proves("F67")
	void entryOfAProcessThatDoesNotAnswerIsWaitedForUntilItsCheckIsCritical() {
		this.answering = false;
		foundElsewhere("passing");
		for (int i = 0; i < 5; i++) {
			assertState(State.WAITING);
			assertThat(this.registration.status().lastError()).contains(
					"held by 10.0.0.2:9091, where nobody listens any more: waiting, since its check becomes critical within "
							+ (8 - i) + " s");
			assertThat(this.api.operations).isEmpty();
			this.scheduler.advance(Duration.ofSeconds(1));
			foundElsewhere("passing");
		}
		this.scheduler.advance(Duration.ofSeconds(1));
		foundElsewhere("critical");
		takenOver();
	}

	@ParameterizedTest
	@CsvSource({ "GRPC, 8", "TTL, 16" })
	@Proves("F67")
	void checkThatGoesOnPassingIsAConflictAlthoughNobodyAnswers(ConsulCheck.Kind kind, int seconds) {
		this.settings = this.settings.toBuilder().check(ConsulCheck.builder().kind(kind).build()).build();
		register();
		this.answering = false;
		for (int i = 0; i < seconds; i++) {
			foundElsewhere("passing");
			assertState(State.WAITING);
			this.scheduler.advance(Duration.ofSeconds(1));
		}
		foundElsewhere("passing");
		assertState(State.CONFLICT);
		this.scheduler.advance(Duration.ofSeconds(29));
		assertThat(this.api.operations).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "'', 9091", "0.0.0.0, 9091", "[::1], 9091", "10.0.0.2, 0", "a b, 9091" })
	void entryThatNamesNoAddressIsAConflictUnlessItIsCritical(String host, int port) {
		this.answering = false;
		this.refusing = true;
		this.api.next("service").json(200, foreign(host, port));
		run();
		health("passing");
		assertState(State.CONFLICT);
	}

	@Test
	@Proves("F67")
	void ofTwoSuccessorsThatWriteAtOnceTheSecondOneHasTheId() {
		foundElsewhere("critical");
		this.api.next("service").json(200, foreign("10.0.0.2", 9091));
		run();
		answer("register", 200);
		this.scheduler.advance(Duration.ofMillis(300));
		this.api.next("service").json(200, foreign("10.0.0.3", 9092));
		run();
		assertState(State.CONFLICT);
		assertThat(this.registration.status().registrations()).isZero();
		assertThat(catchThrowable(() -> this.registration.registered().join())).cause()
			.hasMessageContaining("10.0.0.3:9092");
	}

	@Test
	@Proves("F67")
	void successorThatCameBeforeUsIsAConflict() {
		foundElsewhere("critical");
		this.api.next("service").json(200, foreign("10.0.0.3", 9092));
		run();
		health("passing");
		assertState(State.CONFLICT);
		assertThat(this.api.operations).isEmpty();
	}

	@Test
	void entryThatGoesWhileItIsLookedAtIsFree() {
		this.api.next("service").json(200, foreign("10.0.0.2", 9091));
		run();
		answer("health", 404);
		answer("service", 404);
		answer("register", 200);
		assertState(State.REGISTERED);
	}

	@Test
	void healthThatCannotBeReadIsAnErrorAndNoConflict() {
		this.api.next("service").json(200, foreign("10.0.0.2", 9091));
		run();
		answer("health", 403);
		assertState(State.REGISTERING);
		assertThat(this.registration.status().lastError()).contains("service:read on 'orders'");
	}

	private void foundElsewhere(String status) {
		this.api.next("service").json(200, foreign("10.0.0.2", 9091));
		run();
		health(status);
	}

	private void takenOver() {
		this.api.next("service").json(200, foreign("10.0.0.2", 9091));
		run();
		answer("register", 200);
		assertThat(this.registration.status().registrations()).isZero();
		this.scheduler.advance(Duration.ofMillis(300));
		this.api.next("service").json(200, held());
		run();
		assertState(State.REGISTERED);
	}

	@Test
	void entryOfAnotherServiceUnderOurIdIsAConflictHoweverItIs() {
		Map<String, Object> other = foreign("10.0.0.1", 9090);
		other.put("Service", "orders-10.0.0.1");
		this.api.next("service").json(200, other);
		run();
		this.api.next("health").json(503, Map.of("AggregatedStatus", "critical"));
		run();
		assertState(State.CONFLICT);
		assertThat(this.registration.status().lastError()).contains("service 'orders-10.0.0.1'");
	}

	@Test
	void processThatTookOurIdIsNotFought() {
		registered();
		this.scheduler.advance(Duration.ofSeconds(5));
		this.api.next("service").json(200, foreign("10.0.0.1", 9090));
		run();
		assertState(State.CONFLICT);
		this.scheduler.advance(Duration.ofSeconds(29));
		assertThat(this.api.operations).isEmpty();
	}

	@Test
	@Proves("F22")
	void entryThatSomebodyWroteOverIsPutBackOnceAndThenAConflict() {
		registered();
		writtenOver();
		answer("register", 200);
		assertState(State.REGISTERED);
		writtenOver();
		this.api.next("health").json(200, Map.of("AggregatedStatus", "passing"));
		run();
		assertState(State.CONFLICT);
		assertThat(this.registration.status().lastError()).contains("10.0.0.2:9091");
		// long after that it is once more
		this.scheduler.advance(Duration.ofMinutes(1));
		this.api.next("service").json(200, byHand());
		run();
		answer("register", 200);
		assertState(State.REGISTERED);
	}

	private void writtenOver() {
		this.scheduler.advance(Duration.ofSeconds(5));
		this.api.next("service").json(200, byHand());
		run();
		assertState(State.RETRYING);
		this.scheduler.advance(Duration.ofMillis(100));
		this.api.next("service").json(200, byHand());
		run();
	}

	private Map<String, Object> byHand() {
		Map<String, Object> byHand = foreign("10.0.0.2", 9091);
		byHand.put("Meta", Map.of());
		return byHand;
	}

}
