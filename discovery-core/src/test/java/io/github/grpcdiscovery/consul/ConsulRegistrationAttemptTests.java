package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

class ConsulRegistrationAttemptTests extends ConsulRegistrationFixture {

	private void registerByTtl() {
		this.settings = this.settings.toBuilder()
			.check(ConsulCheck.builder().kind(ConsulCheck.Kind.TTL).build())
			.build();
		register();
	}

	@Test
	void registersAndLooksWhetherItIsStillSo() {
		assertThat(this.api.next("service").argument()).isEqualTo(ID);
	}

	@Test
	void registersWhatIsAbsent() {
		answer("service", 404);
		FakeConsulApi.Operation write = this.api.next("register");
		assertThat(write.argument()).contains("\"ID\":\"" + ID + "\"");
		assertState(State.REGISTERING);
		write.status(200);
		run();
		assertState(State.REGISTERED);
		assertThat(this.registration.registered()).isCompleted();
	}

	@Test
	void auditsAtLeastEveryFiveSeconds() {
		registered();
		for (int i = 0; i < 5; i++) {
			this.scheduler.advance(Duration.ofSeconds(5));
			this.api.next("service").json(200, held());
			run();
			health("passing");
		}
		assertState(State.REGISTERED);
		assertThat(this.registration.status().registrations()).isEqualTo(1);
	}

	@Test
	void auditLooksWhetherTheChecksPass() {
		registered();
		audited();
		this.api.next("health")
			.json(503, Map.of("AggregatedStatus", "critical", "Checks", List.of(Map.of("CheckID", "service:" + ID,
					"Name", "gRPC health", "Status", "critical", "Output", "connection refused", "ServiceID", ID))));
		run();
		assertState(State.REGISTERED);
		assertThat(this.registration.status().unhealthy())
			.isEqualTo("critical by the check 'gRPC health' (connection refused)");
		audited();
		answer("health", 403);
		audited();
		fail("health");
		assertState(State.REGISTERED);
		assertThat(this.registration.status().unhealthy()).contains("connection refused");
		this.scheduler.advance(Duration.ofSeconds(5));
		answer("service", 404);
		assertState(State.RETRYING);
		assertThat(this.registration.status().unhealthy()).isNull();
	}

	private void audited() {
		this.scheduler.advance(Duration.ofSeconds(5));
		this.api.next("service").json(200, held());
		run();
	}

	@Test
	void registersAgainWhatIsGone() {
		registered();
		this.scheduler.advance(Duration.ofSeconds(5));
		answer("service", 404);
		assertState(State.RETRYING);
		this.scheduler.advance(Duration.ofMillis(100));
		registeredAgain();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Port", "Address", "Meta", "Tags" })
	void registersAgainWhatSomebodyChanged(String part) {
		registered();
		this.scheduler.advance(Duration.ofSeconds(5));
		Map<String, Object> changed = held();
		changed.put(part, "Port".equals(part) ? 1 : Map.of());
		this.api.next("service").json(200, changed);
		run();
		this.scheduler.advance(Duration.ofMillis(100));
		registeredAgain();
	}

	@Test
	void agentThatIsBackHasTheInstanceWithinFiveSeconds() {
		registered();
		this.scheduler.advance(Duration.ofSeconds(5));
		for (int i = 0; i < 20; i++) {
			fail("service");
			this.scheduler.advance(Duration.ofSeconds(4));
		}
		assertState(State.RETRYING);
		registeredAgain();
	}

	@Test
	@Proves("F63")
	void tokenThatComesBackFindsTheInstanceAliveAndRegistered() {
		registerByTtl();
		answer("service", 404);
		answer("register", 200);
		answer("pass", 200);
		assertState(State.REGISTERED);
		this.scheduler.advance(Duration.ofMillis(4900));
		answer("service", 403);
		assertState(State.RETRYING);
		for (int i = 0; i < 5; i++) {
			this.scheduler.advance(Duration.ofSeconds(5));
			answer("pass", 403);
			answer("service", 403);
		}
		this.scheduler.advance(Duration.ofSeconds(5));
		answer("pass", 200);
		this.api.next("service").json(200, held());
		run();
		answer("register", 200);
		answer("pass", 200);
		assertState(State.REGISTERED);
	}

	@Test
	void missingPermissionIsSaid() {
		answer("service", 404);
		answer("register", 403);
		assertThat(this.registration.status().lastError()).contains("status 403", "service:write on 'orders'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "[]", "5", "\"orders\"", "{}", "{\"Service\":null}", "{\"Service\":5}", "{", "" })
	void answerThatLacksTheServiceIsAnErrorAndNoConflict(String body) {
		malformed(body);
		assertThat(this.registration.status().lastError()).contains("unusable answer: ");
		this.scheduler.advance(Duration.ofMillis(100));
		answer("service", 404);
		answer("register", 200);
		assertState(State.REGISTERED);
		// and no proof that we are gone, or not ours, when we look or leave
		this.scheduler.advance(Duration.ofSeconds(5));
		malformed(body);
		assertThat(this.registration.status().lastError()).contains("unusable answer: ");
		CompletableFuture<Boolean> left = leave();
		malformed(body);
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(left).isCompletedWithValue(false);
	}

	private void malformed(String body) {
		this.api.next("service")
			.answer()
			.complete(
					new ConsulAnswer("consul: GET", 200, Map.of(ConsulAnswer.CONTENT_TYPE, "application/json"), body));
		run();
	}

	@Test
	void answerThatIsNoServiceIsAnError() {
		this.api.next("service")
			.answer()
			.complete(new ConsulAnswer("consul: GET", 200, Map.of(ConsulAnswer.CONTENT_TYPE, "text/html"), "<html>"));
		run();
		assertThat(this.registration.status().lastError()).contains("content type 'text/html'");
	}

	@Test
	void ttlIsSpokenForThreeTimes() {
		registerByTtl();
		answer("service", 404);
		answer("register", 200);
		assertState(State.REGISTERING);
		assertThat(this.api.next("pass").argument()).isEqualTo("service:" + ID);
		assertThat(this.api.operations).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 404, 500 })
	void ttlThatConsulKnowsNoMoreIsRegisteredAgainAtOnce(int status) {
		registerByTtl();
		answer("service", 404);
		answer("register", 200);
		answer("pass", 200);
		assertState(State.REGISTERED);
		this.scheduler.advance(Duration.ofMillis(4999));
		this.api.next("service").json(200, held());
		run();
		health("passing");
		this.scheduler.advance(Duration.ofMillis(1));
		answer("pass", status);
		assertState(State.RETRYING);
		this.scheduler.advance(Duration.ofMillis(100));
		answer("service", 404);
		answer("register", 200);
		answer("pass", 200);
		assertState(State.REGISTERED);
	}

	@Test
	void maintenanceOutlivesALossOfTheRegistration() {
		registered();
		CompletableFuture<Void> done = this.protocol.maintain("disk is full");
		run();
		FakeConsulApi.Operation maintenance = this.api.next("maintenance");
		assertThat(maintenance.argument()).isEqualTo(ID + " true disk is full");
		maintenance.status(200);
		assertThat(done).isCompleted();
		this.scheduler.advance(Duration.ofSeconds(5));
		answer("service", 404);
		this.scheduler.advance(Duration.ofMillis(100));
		answer("service", 404);
		FakeConsulApi.Operation write = this.api.next("register");
		assertThat(write.argument()).contains("\"Status\":\"critical\"").doesNotContain("passing");
		write.status(200);
		run();
		assertState(State.RETRYING);
		answer("maintenance", 200);
		assertState(State.REGISTERED);
		this.protocol.maintain(null);
		run();
		assertThat(this.api.next("maintenance").argument()).isEqualTo(ID + " false ");
	}

	private void registeredAgain() {
		answer("service", 404);
		answer("register", 200);
		assertState(State.REGISTERED);
		assertThat(this.registration.status().registrations()).isEqualTo(2);
	}

}
