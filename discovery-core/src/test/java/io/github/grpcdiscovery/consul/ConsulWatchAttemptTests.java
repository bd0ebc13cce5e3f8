package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

class ConsulWatchAttemptTests extends ConsulWatchFixture {

	@Test
	void listsAndThenWaitsForChanges() {
		run();
		assertThat(this.api.query().request.index()).isZero();
		assertThat(this.api.query().request.service()).isEqualTo("orders");
		answerWith(answer(10, 1));
		assertThat(ports()).containsExactly(1);
		assertThat(status().connected()).isTrue();
		assertThat(this.api.query().request.index()).isEqualTo(10);
		assertThat(this.api.query().request.maxWait()).isEqualTo(Duration.ofSeconds(55));
		this.scheduler.advance(Duration.ofSeconds(30));
		answerWith(answer(11, 1, 2));
		assertThat(ports()).containsExactly(1, 2);
		assertThat(this.api.query().request.index()).isEqualTo(11);
	}

	@Test
	void changeIsFollowedByTheNextQueryAtOnce() {
		run();
		for (int i = 1; i < 10; i++) {
			answerWith(answer(i, i));
			assertThat(this.api.isAsked()).isTrue();
		}
	}

	@Test
	void registryWithoutMemoryDoesNotEmptyTheList() {
		run();
		answerWith(answer(20, 1, 2));
		this.api.query().fail(new RegistryException("connection reset", null));
		this.scheduler.advance(Duration.ofMillis(100));
		answerWith(answer(25));
		this.scheduler.advance(Duration.ofSeconds(4));
		answerWith(answer(27, 2));
		this.scheduler.advance(Duration.ofSeconds(1));
		answerWith(answer(28, 1, 2));
		this.scheduler.advance(Duration.ofSeconds(30));
		assertThat(this.listener.lists()).hasSize(1);
		assertThat(status().connected()).isTrue();
	}

	@Test
	void memoryThatIsLostWithoutALostContactDoesNotTakeAnInstanceOut() {
		run();
		answerWith(answer(20, 1, 2, 3));
		answerWith(answer(12, 2, 3));
		assertThat(ports()).as("the index went backwards").containsExactly(1, 2, 3);
		answerWith(answer(12, 2, 3));
		this.scheduler.advance(CONFIRMATION.plusSeconds(2));
		answerWith(answer(12, 2, 3));
		assertThat(ports()).containsExactly(2, 3);
	}

	@Test
	void thatAllAreMissingIsBelievedWhenItIsListedAnew() {
		run();
		answerWith(answer(20, 1));
		answerWith(answer(21));
		assertThat(ports()).containsExactly(1);
		assertThat(this.api.query().request.index()).isEqualTo(21);
		this.scheduler.advance(CONFIRMATION.plusSeconds(2));
		assertThat(this.api.query().request.index()).isZero();
		answerWith(answer(21));
		assertThat(ports()).isEmpty();
	}

	@Test
	void onlyInstanceThatConsulKnowsToBeUnwellIsTakenOutAtOnce() {
		run();
		answerWith(answer(20, 1));
		answerWith(FakeConsulApi.outOfService(21, List.of(1)));
		assertThat(ports()).isEmpty();
		assertThat(this.api.permissionQuestions).as("who may not read sees nothing of it").isZero();
		answerWith(answer(22, 1));
		assertThat(ports()).containsExactly(1);
	}

	@Test
	void withoutALeaderAnyServerIsAsked() {
		run();
		answerWith(answer(20, 1, 2));
		this.api.query().status(500);
		run();
		assertThat(this.api.query().request.stale()).isTrue();
		assertThat(this.api.query().request.index()).isZero();
		answerWith(answer(19, false, false, 2));
		assertThat(ports()).as("what is missing may be there").containsExactly(1, 2);
		run();
		this.scheduler.advance(Duration.ofSeconds(2));
		answerWith(answer(19, false, false));
		assertThat(ports()).containsExactly(1, 2);
		this.scheduler.advance(Duration.ofSeconds(6));
		assertThat(this.api.query().request.stale()).isTrue();
		answerWith(answer(22, true, false, 1, 2, 3));
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(this.api.query().request.stale()).isFalse();
		assertThat(this.api.query().request.index()).as("answered at once").isZero();
		answerWith(answer(22, 1, 2, 3));
		assertThat(ports()).containsExactly(1, 2, 3);
		assertThat(status().connected()).isTrue();
	}

	@Test
	void serverErrorThatStaysIsAnError() {
		run();
		this.api.query().status(503);
		run();
		this.api.query().status(503);
		run();
		assertThat(this.listener.unavailable()).hasSize(1);
		assertThat(this.api.isAsked()).isFalse();
		this.scheduler.advance(Duration.ofMillis(100));
		assertThat(this.api.query().request.stale()).isFalse();
	}

	@Test
	@Proves("F35")
	void tooManyRequestsBackOff() {
		run();
		answerWith(answer(20, 1));
		int before = this.api.queries.size();
		for (int i = 0; i < 600; i++) {
			if (this.api.isAsked()) {
				this.api.query().status(429);
			}
			this.scheduler.advance(Duration.ofMillis(100));
		}
		assertThat(this.api.queries.size() - before).isBetween(12, 20);
		assertThat(ports()).containsExactly(1);
	}

	@Test
	void whatCannotBeReadIsReportedOnce() {
		run();
		HealthAnswer odd = new HealthAnswer(10, HealthAnswer.Source.SERVERS, true, false,
				Set.of(new HealthAnswer.Entry("n1", "o1")), List.of(FakeConsulApi.instance(1)), Set.of(), Set.of(),
				Map.of(), List.of(new HealthAnswer.Skipped("o2@5", "port: 70000")));
		answerWith(odd);
		answerWith(odd);
		assertThat(this.skipped).hasValue(1);
		assertThat(ports()).containsExactly(1);
	}

	@Test
	void refreshIsReadBesideTheQueryThatIsHeld() {
		run();
		answerWith(answer(20, 1, 2));
		FakeConsulApi.Query held = this.api.query();
		this.scheduler.advance(Duration.ofSeconds(20));
		this.subscription.refresh();
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(held.aborted).isFalse();
		assertThat(this.api.query().request.index()).isZero();
		answerWith(answer(21, 2));
		assertThat(ports()).containsExactly(2);
		held.answer(answer(22, 2, 3));
		this.scheduler.advance(Duration.ofMillis(100));
		assertThat(ports()).containsExactly(2, 3);
	}

	@Test
	void refreshThatFailsHarmsNothing() {
		run();
		answerWith(answer(20, 1, 2));
		FakeConsulApi.Query held = this.api.query();
		this.scheduler.advance(Duration.ofSeconds(20));
		this.subscription.refresh();
		this.scheduler.advance(Duration.ofSeconds(2));
		this.api.query().status(500);
		run();
		assertThat(held.aborted).isFalse();
		assertThat(status().connected()).isTrue();
	}

	@Test
	void closeAbortsTheQuery() {
		run();
		answerWith(answer(20, 1));
		FakeConsulApi.Query waiting = this.api.query();
		this.discovery.close();
		run();
		assertThat(waiting.aborted).isTrue();
		waiting.answer(answer(21, 2));
		run();
		assertThat(this.api.queries).hasSize(2);
		assertThat(this.listener.lists()).hasSize(1);
	}

	@Test
	@Proves({ "I40", "I42" })
	void answersAreReadTolerantly() {
		ConsulAnswer json = new ConsulAnswer("consul: GET", 200,
				Map.of(ConsulAnswer.CONTENT_TYPE, "application/json", ConsulAnswer.INDEX, "7"), """
						[{"Node":{"Address":"10.0.0.9"},"Service":{"ID":"a","Port":1},"Checks":[{"Status":"passing"}]},
						{"Service":{"ID":"b","Address":"10.0.0.1","Port":70000},"Checks":[]},
						{"Service":{"ID":"c","Address":"10.0.0.1","Port":3},"Checks":[{"Status":"critical"}]},
						{"Service":{"ID":"d","Address":"10.0.0.1","Port":4},"Checks":[{"Status":"odd"}]},
						{"Service":{"ID":"e","Address":"10.0.0.1","Port":5},"Checks":[{"Status":"maintenance"}]}]""");
		HealthAnswer read = HealthAnswer.read(json,
				new HealthRequest("orders", ConsulQuery.DEFAULT, 0, Duration.ZERO, false, false));
		assertThat(read.index()).isEqualTo(7);
		assertThat(read.instances()).extracting(ServiceInstance::id).containsExactly("a");
		assertThat(read.skipped()).extracting(HealthAnswer.Skipped::key).containsExactly("b@null", "d@null");
	}

	@Test
	void unwellIsWhoWasSeenToBeAndNotWhoIsSilent() {
		HealthAnswer read = HealthAnswer.read(
				new ConsulAnswer("consul: GET", 200,
						Map.of(ConsulAnswer.CONTENT_TYPE, "application/json", ConsulAnswer.INDEX, "7"),
						entries("""
								{"CheckID":"service:a","ServiceID":"a","Status":"critical","Output":"connection refused"}
								{"CheckID":"service:b","ServiceID":"b","Status":"warning","Output":"disk is filling"}
								{"CheckID":"_service_maintenance:c","ServiceID":"c","Status":"critical","Output":""}
								{"CheckID":"_node_maintenance","ServiceID":"","Status":"critical","Output":""}
								{"CheckID":"service:e","ServiceID":"e","Status":"critical","Output":"TTL expired"}
								{"CheckID":"service:f","ServiceID":"f","Status":"critical","Output":""}
								{"CheckID":"serfHealth","ServiceID":"","Status":"critical","Output":"Agent not live or unreachable"}
								{"Status":"critical"}
								{"CheckID":7,"ServiceID":[],"Status":"critical","Output":{}}""")),
				new HealthRequest("orders", ConsulQuery.builder().passingOnly(true).build(), 0, Duration.ZERO, false,
						false));
		assertThat(read.outOfService()).extracting(HostAndPort::port).containsExactlyInAnyOrder(1, 2, 3, 4);
		assertThat(read.unhealthy()).hasSize(9)
			.containsEntry(new HostAndPort("10.0.0.1", 1), "critical by the check 'service:a' (connection refused)")
			.containsEntry(new HostAndPort("10.0.0.1", 6), "critical by the check 'service:f'");
		assertThat(read.instances()).isEmpty();
		assertThat(read.skipped()).isEmpty();
		assertThat(read.empty()).isFalse();
	}

	private static String entries(String checks) {
		StringJoiner entries = new StringJoiner(",", "[", "]");
		int port = 0;
		for (String check : checks.lines().toList()) {
			entries.add("""
					{"Service":{"ID":"i","Address":"10.0.0.1","Port":%d},"Checks":[%s]}""".formatted(++port, check));
		}
		return entries.toString();
	}

}
