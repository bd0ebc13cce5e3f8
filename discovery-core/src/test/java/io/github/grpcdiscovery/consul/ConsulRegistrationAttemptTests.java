package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.internal.registration.RegistrationKeeper;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.FakeScheduler;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

class ConsulRegistrationAttemptTests {

	private static final ServiceInstance INSTANCE = ServiceInstance.of("orders", "10.0.0.1", 9090);

	private static final String ID = "orders-10.0.0.1-9090";

	private final FakeScheduler scheduler = new FakeScheduler();

	private final FakeConsulApi api = new FakeConsulApi();

	private ConsulSettings settings = ConsulSettings.of(URI.create("http://127.0.0.1:8500"));

	private ConsulRegistrationProtocol protocol;

	private Registration registration;

	private boolean answering = true;

	private boolean refusing;

	@BeforeEach
	void register() {
		this.api.operations.clear();
		EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.999);
		this.protocol = new ConsulRegistrationProtocol(this.api, loop, this.settings, INSTANCE,
				(addresses, absent) -> absent.accept(this.answering ? Set.of() : Set.copyOf(addresses)),
				(addresses, absent) -> absent.accept(this.refusing ? Set.copyOf(addresses) : Set.of()));
		this.registration = RegistrationKeeper.start(
				new RegistryContext("consul", "consul", loop, DiscoveryObserver.NONE), INSTANCE,
				ConsulRegistry.REGISTRATION_BACKOFF, this.protocol);
		run();
	}

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

	private void health(String status) {
		this.api.next("health").json("critical".equals(status) ? 503 : 200, Map.of("AggregatedStatus", status));
		run();
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
	void deregistersOnTheAgent() {
		registered();
		CompletableFuture<Boolean> left = leave();
		this.api.next("service").json(200, held());
		FakeConsulApi.Operation deregister = this.api.next("deregister");
		assertThat(deregister.argument()).isEqualTo(ID);
		deregister.status(200);
		run();
		assertThat(left).isCompletedWithValue(true);
		this.scheduler.advance(Duration.ofMinutes(10));
		assertThat(this.api.operations).isEmpty();
	}

	@Test
	void whatIsGoneAlreadyNeedsNoDeregistration() {
		registered();
		CompletableFuture<Boolean> left = leave();
		answer("service", 404);
		assertThat(left).isCompletedWithValue(true);
		assertThat(this.api.operations).isEmpty();
	}

	@Test
	void whatGoesInTheMeantimeIsGone() {
		registered();
		CompletableFuture<Boolean> left = leave();
		this.api.next("service").json(200, held());
		answer("deregister", 404);
		assertThat(left).isCompletedWithValue(true);
	}

	@Test
	void whatAnotherProcessHoldsStays() {
		this.api.next("service").json(200, foreign("10.0.0.2", 9091));
		run();
		this.api.next("health").json(200, Map.of("AggregatedStatus", "passing"));
		run();
		CompletableFuture<Boolean> left = leave();
		this.api.next("service").json(200, foreign("10.0.0.2", 9091));
		run();
		assertThat(left).isCompletedWithValue(true);
		assertThat(this.api.operations).isEmpty();
	}

	@Test
	void registrationOnItsWayIsWaitedForAndTakenOut() {
		answer("service", 404);
		FakeConsulApi.Operation write = this.api.next("register");
		CompletableFuture<Boolean> left = leave();
		assertThat(this.api.operations).as("nothing overtakes the registration").isEmpty();
		write.status(200);
		run();
		this.api.next("service").json(200, held());
		answer("deregister", 200);
		assertThat(left).isCompletedWithValue(true);
		this.scheduler.advance(Duration.ofMinutes(10));
		assertThat(this.api.operations).isEmpty();
	}

	@Test
	void registrationThatFailsOnItsWayIsTakenOutAllTheSame() {
		answer("service", 404);
		FakeConsulApi.Operation write = this.api.next("register");
		CompletableFuture<Boolean> left = leave();
		write.fail();
		run();
		this.api.next("service").json(200, held());
		answer("deregister", 200);
		assertThat(left).isCompletedWithValue(true);
	}

	@Test
	void agentThatIsAwayIsNotWaitedFor() {
		registered();
		CompletableFuture<Boolean> left = leave();
		fail("service");
		assertThat(left).isCompletedWithValue(false);
		assertState(State.DEREGISTERED);
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

	private void registered() {
		answer("service", 404);
		answer("register", 200);
		assertState(State.REGISTERED);
	}

	private void registeredAgain() {
		answer("service", 404);
		answer("register", 200);
		assertState(State.REGISTERED);
		assertThat(this.registration.status().registrations()).isEqualTo(2);
	}

	private CompletableFuture<Boolean> leave() {
		CompletableFuture<Boolean> left = this.registration.deregister(Duration.ofSeconds(2));
		run();
		return left;
	}

	private Map<String, Object> held() {
		return FakeConsulApi.held(this.protocol.record());
	}

	private Map<String, Object> foreign(String host, int port) {
		Map<String, Object> foreign = held();
		foreign.put("Address", host);
		foreign.put("Port", port);
		Map<String, Object> meta = new HashMap<>(Json.asObject(foreign.get("Meta")));
		meta.put(ConsulMeta.OWNER, "somebody else");
		foreign.put("Meta", meta);
		return foreign;
	}

	private void answer(String operation, int status) {
		this.api.next(operation).status(status);
		run();
	}

	private void fail(String operation) {
		this.api.next(operation).fail();
		run();
	}

	private void run() {
		this.scheduler.runDue();
	}

	private void assertState(State state) {
		assertThat(this.registration.status().state()).as("%s", this.registration.status()).isEqualTo(state);
	}

}
