package io.github.grpcdiscovery.autoconfigure.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.autoconfigure.FailureAnalyses;
import io.github.grpcdiscovery.autoconfigure.FakeRegistry;
import io.github.grpcdiscovery.internal.registration.AdvertisedAddresses;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

@Timeout(180)
class ServerRegistrarTests {

	private final FakeRegistry registry = new FakeRegistry("fake");

	private final RegistrationProperties properties = new RegistrationProperties();

	private SelfCheck selfCheck = SelfCheck.NONE;

	ServerRegistrarTests() {
		this.properties.setService("echo");
		this.properties.setDrain(Duration.ZERO);
	}

	@Test
	@Proves("I18")
	void registersOnlyWhenTheServerHasStartedAndTheApplicationAcceptsTraffic() {
		ServerRegistrar registrar = registrar();
		accept(registrar);
		assertThat(this.registry.events()).isEmpty();
		start(registrar);
		assertThat(this.registry.events()).containsExactly("register 127.0.0.1:9090");
	}

	@Test
	void orderOfTheTwoDoesNotMatter() {
		ServerRegistrar registrar = registrar();
		start(registrar);
		assertThat(this.registry.events()).isEmpty();
		assertThat(registrar.registrations()).isEmpty();
		accept(registrar);
		accept(registrar);
		assertThat(this.registry.events()).containsExactly("register 127.0.0.1:9090");
		assertThat(registrar.registrations()).singleElement().satisfies((own) -> {
			assertThat(own.addressReason()).isEqualTo("the only address the server listens on");
			assertThat(own.status().instance().service()).isEqualTo("echo");
		});
	}

	@Test
	void leavesWhenTheServerStops() {
		ServerRegistrar registrar = registered();
		registrar.serverStopping();
		assertThat(this.registry.events()).containsExactly("register 127.0.0.1:9090", "deregister 127.0.0.1:9090");
		registrar.serverStopping();
		registrar.destroy();
		assertThat(this.registry.events()).hasSize(2);
	}

	@Test
	void leavesWhenItIsDestroyedWithoutAWord() {
		registered().destroy();
		assertThat(this.registry.events()).hasSize(2);
	}

	@Test
	@Proves("F44")
	void doesNotRegisterAfterTheServerStopped() {
		ServerRegistrar registrar = registrar();
		start(registrar);
		registrar.serverStopping();
		accept(registrar);
		assertThat(this.registry.events()).isEmpty();
	}

	@Test
	void registersAgainOnlyWhenTheOneBeforeHasLeft() {
		ServerRegistrar registrar = registered();
		this.registry.silent();
		refuse(registrar);
		accept(registrar);
		assertThat(this.registry.events()).containsExactly("register 127.0.0.1:9090", "deregister 127.0.0.1:9090");
		this.registry.answer();
		assertThat(this.registry.events()).endsWith("register 127.0.0.1:9090").hasSize(3);
	}

	@Test
	void registersWhenItHasCheckedItself() throws Exception {
		CompletableFuture<Void> checked = new CompletableFuture<>();
		this.selfCheck = (server, advertised) -> {
			this.registry.record("check " + advertised);
			return checked;
		};
		CompletableFuture<ServerRegistrar> starting = CompletableFuture.supplyAsync(this::registered);
		Conditions.eventually(() -> assertThat(this.registry.events()).containsExactly("check 127.0.0.1:9090"));
		checked.complete(null);
		ServerRegistrar registrar = starting.get(30, TimeUnit.SECONDS);
		refuse(registrar);
		accept(registrar);
		registrar.serverStopping();
		start(registrar);
		assertThat(this.registry.events()).containsExactly("check 127.0.0.1:9090", "register 127.0.0.1:9090",
				"deregister 127.0.0.1:9090", "register 127.0.0.1:9090", "deregister 127.0.0.1:9090",
				"register 127.0.0.1:9090");
	}

	@Test
	void registriesPrepareWhileTheServerChecksItself() {
		this.selfCheck = (server, advertised) -> {
			this.registry.record("check, " + this.registry.prepared() + " prepared");
			return CompletableFuture.completedFuture(null);
		};
		ServerRegistrar registrar = registrar();
		assertThat(this.registry.prepared()).isZero();
		start(registrar);
		assertThat(this.registry.events()).containsExactly("check, 1 prepared");
	}

	@Test
	void leavesWithoutWaitingForItsCheck() throws Exception {
		CompletableFuture<Void> checked = new CompletableFuture<>();
		this.selfCheck = (server, advertised) -> checked;
		ServerRegistrar registrar = registrar();
		start(registrar);
		CompletableFuture<Void> accepting = CompletableFuture.runAsync(() -> accept(registrar));
		refuse(registrar);
		registrar.serverStopping();
		checked.complete(null);
		accepting.get(30, TimeUnit.SECONDS);
		assertThat(this.registry.events()).isEmpty();
	}

	@Test
	void registersInEveryChosenRegistryAndLeavesThemAll() {
		FakeRegistry other = new FakeRegistry("other");
		ServerRegistrar registrar = registrar(this.registry, other);
		start(registrar);
		accept(registrar);
		assertThat(registrar.registrations()).extracting((own) -> own.status().registry())
			.containsExactly("fake", "other");
		registrar.serverStopping();
		assertThat(this.registry.events()).hasSize(2);
		assertThat(other.events()).hasSize(2);
	}

	@Test
	void servesOnForTheDrainTimeAfterItLeft() {
		this.properties.setDrain(Duration.ofMillis(200));
		ServerRegistrar registrar = registered();
		long before = System.nanoTime();
		registrar.serverStopping();
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
	}

	@Test
	void doesNotDrainIfNobodyCouldHaveSeenIt() {
		this.properties.setDrain(Duration.ofHours(1));
		this.registry.failing(new RegistryException("connection refused", null));
		ServerRegistrar registrar = registered();
		registrar.serverStopping();
		assertThat(this.registry.events()).hasSize(2);
	}

	@Test
	void interruptEndsTheDrainAndStays() {
		this.properties.setDrain(Duration.ofHours(1));
		ServerRegistrar registrar = registered();
		Thread.currentThread().interrupt();
		registrar.serverStopping();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.registry.events()).hasSize(2);
	}

	@Test
	@Proves("F43")
	void registryThatDoesNotAnswerDelaysTheStopByTwoSecondsAtMost() {
		ServerRegistrar registrar = registered();
		this.registry.silent();
		long before = System.nanoTime();
		registrar.serverStopping();
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(Duration.ofSeconds(2),
				Duration.ofSeconds(20));
	}

	@Test
	void registryThatIsAwayDoesNotKeepTheApplicationFromStarting() {
		this.registry.failing(new RegistryException("connection refused", null));
		assertThat(registered().registrations()).hasSize(1);
	}

	@Test
	void registryThatIsAwayKeepsTheApplicationFromStartingIfToldSo() {
		this.registry.failing(new RegistryException("connection refused", null));
		failFast(Duration.ofMillis(50));
		assertThatExceptionOfType(RegistrationFailedException.class).isThrownBy(this::registered)
			.withMessage("127.0.0.1:9090 of service 'echo' could not be registered in fake (memory) within 50ms: "
					+ "connection refused")
			.satisfies((ex) -> assertThat(FailureAnalyses.of(ex)).contains(ex.getMessage())
				.contains("grpc.discovery.registration.fail-fast=false"));
	}

	@Test
	@Proves("F67")
	void entryOfADeadProcessIsWaitedForBeyondTheTimeout() throws Exception {
		this.registry.waiting();
		failFast(Duration.ofMillis(50));
		CompletableFuture<ServerRegistrar> starting = CompletableFuture.supplyAsync(this::registered);
		Conditions.await().during(Duration.ofMillis(700)).until(() -> !starting.isDone());
		this.registry.answer();
		assertThat(starting).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
	}

	@Test
	void refusalOfTheRegistryIsTheReason() {
		this.registry.failing(new RegistryAccessException("authentication of user 'me' failed", null));
		failFast(Duration.ofHours(1));
		assertThatExceptionOfType(RegistrationFailedException.class).isThrownBy(this::registered)
			.withMessageEndingWith("authentication of user 'me' failed")
			.withCauseInstanceOf(RegistryAccessException.class);
	}

	@Test
	void interruptEndsTheWaitForTheFirstRegistrationAndStays() {
		this.registry.silent();
		failFast(Duration.ofHours(1));
		Thread.currentThread().interrupt();
		Throwable failure = catchThrowable(this::registered);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(failure).isInstanceOf(RegistrationFailedException.class);
	}

	@Test
	void onlyTheFirstRegistrationIsWaitedFor() {
		failFast(Duration.ofHours(1));
		ServerRegistrar registrar = registered();
		refuse(registrar);
		this.registry.silent();
		accept(registrar);
		assertThat(registrar.registrations()).hasSize(1);
	}

	private void failFast(Duration timeout) {
		this.properties.setFailFast(true);
		this.properties.setFailFastTimeout(timeout);
	}

	private ServerRegistrar registered() {
		ServerRegistrar registrar = registrar();
		start(registrar);
		accept(registrar);
		return registrar;
	}

	private ServerRegistrar registrar() {
		return registrar(this.registry);
	}

	private ServerRegistrar registrar(Registry... registries) {
		ServiceInstanceFactory instances = new ServiceInstanceFactory(this.properties, null, null,
				AdvertisedAddresses.ofThisMachine(), Stream.empty());
		return new ServerRegistrar(List.of(registries), List.of(), instances, this.properties, this.selfCheck);
	}

	private static void start(ServerRegistrar registrar) {
		registrar.serverStarted(new RunningServer(9090, "127.0.0.1"));
	}

	private static void accept(ServerRegistrar registrar) {
		registrar.onApplicationEvent(new AvailabilityChangeEvent<>("test", ReadinessState.ACCEPTING_TRAFFIC));
	}

	private static void refuse(ServerRegistrar registrar) {
		registrar.onApplicationEvent(new AvailabilityChangeEvent<>("test", ReadinessState.REFUSING_TRAFFIC));
	}

}
