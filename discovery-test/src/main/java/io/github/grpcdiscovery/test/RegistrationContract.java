package io.github.grpcdiscovery.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * How instances are registered, kept registered and taken out.
 */
abstract class RegistrationContract extends ServiceConfigContract {

	private static final Duration DEREGISTER_TIMEOUT = Duration.ofSeconds(20);

	@Test
	void registeredInstanceIsSeenByAWatcher() {
		RecordingListener watcher = watch(process(), this.service);
		Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
		Registration registration = registered(process(), instance(9001));
		Conditions.eventually(() -> assertThat(watcher.last()).containsExactly(instance(9001)));
		assertThat(registration.status().state()).isEqualTo(RegistrationStatus.State.REGISTERED);
		assertThat(registration.status().registrations()).isEqualTo(1);
	}

	@Test
	void preparingIsAHintAndDoesNotHarmAClosedRegistry() {
		RecordingListener watcher = watch(process(), this.service);
		Registry process = process();
		process.registrar().prepare(instance(9001));
		process.registrar().prepare(instance(9001));
		registered(process, instance(9001));
		Conditions.eventually(() -> assertThat(watcher.lastIds()).hasSize(1));
		process.close();
		process.registrar().prepare(instance(9001));
	}

	@Test
	void allAttributesSurviveTheRoundTrip() {
		ServiceInstance full = ServiceInstance.builder(this.service, "2001:db8::1", 65535)
			.id(this.service + "-6")
			.weight(250)
			.zone("zone-ä")
			.version("1.2.3-rc.1+7")
			.tags(List.of("canary", "a tag", "b"))
			.metadata(Map.of("owner", "team \"x\"\\y", "empty", "", "secure", "true", "emoji", "🚀"))
			.build();
		ServiceInstance drained = ServiceInstance.builder(this.service, "db.example.com", 1)
			.id(this.service + "-7")
			.weight(0)
			.build();
		Registry process = process();
		registered(process, full);
		registered(process, drained);
		RecordingListener watcher = watch(process(), this.service);
		Conditions.eventually(() -> assertThat(watcher.last()).containsExactly(full, drained));
	}

	@Test
	@Proves("I15")
	void namesThatOthersGiveTheirServicesAreRegisteredAndFound() {
		Registry server = process();
		Registry client = process();
		for (String name : List.of("Greeter", "user_service", "User.RPC.v1", "shop/orders", "größe", "a b%2F?#c")) {
			ServiceInstance instance = ServiceInstance.of(this.service + name, "127.0.0.1", 9001);
			registered(server, instance);
			RecordingListener watcher = watch(client, instance.service());
			Conditions.eventually(() -> assertThat(watcher.last()).as(name).containsExactly(instance));
		}
	}

	@Test
	void deregisteredInstanceIsGone() throws Exception {
		RecordingListener watcher = watch(process(), this.service);
		Registration registration = registered(process(), instance(9001));
		Conditions.eventually(() -> assertThat(watcher.lastIds()).hasSize(1));
		assertThat(registration.deregister(DEREGISTER_TIMEOUT).get(30, TimeUnit.SECONDS)).isTrue();
		assertThat(registration.status().state()).isEqualTo(RegistrationStatus.State.DEREGISTERED);
		Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
	}

	@Test
	void closeIsFinal() {
		Registry process = process();
		for (int i = 0; i < 20; i++) {
			// closed while the registration may be anywhere on its way
			Registration registration = process.registrar().register(instance(9001 + i));
			registration.close();
			registration.close();
			assertThat(registration.status().state()).isEqualTo(RegistrationStatus.State.DEREGISTERED);
		}
		RecordingListener watcher = watch(process(), this.service);
		Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
		staysFor(this.fixture.ttl(), () -> assertThat(watcher.last()).isEmpty());
	}

	@Test
	void registrationThatIsClosedFirstIsCancelled() {
		this.fixture.stopServer();
		Registration registration = process().registrar().register(instance(9001));
		CompletableFuture<Void> registered = registration.registered();
		registration.close();
		Conditions.eventually(() -> assertThat(registered).isDone());
		assertThat(catchThrowable(registered::join)).isInstanceOf(CompletionException.class)
			.hasCauseInstanceOf(CancellationException.class);
		this.fixture.startServer();
		RecordingListener watcher = watch(process(), this.service);
		Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
		staysFor(this.fixture.ttl(), () -> assertThat(watcher.last()).isEmpty());
	}

	@Test
	void closingTheRegistryDeregisters() {
		RecordingListener watcher = watch(process(), this.service);
		Registry process = process();
		Registration first = registered(process, instance(9001));
		Registration second = registered(process, instance(9002));
		Conditions.eventually(() -> assertThat(watcher.lastIds()).hasSize(2));
		process.close();
		process.close();
		assertThat(first.status().state()).isEqualTo(RegistrationStatus.State.DEREGISTERED);
		assertThat(second.status().lastError()).isNull();
		Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
		// a bean that is closed after its registry waits for nobody
		first.close();
		assertThat(first.deregister(DEREGISTER_TIMEOUT))
			.succeedsWithin(Conditions.scaled(DEREGISTER_TIMEOUT.dividedBy(2)));
	}

	@Test
	void closedRegistryRegistersNothing() {
		Registry process = process();
		process.close();
		assertThatIllegalStateException().isThrownBy(() -> process.registrar().register(instance(9001)))
			.withMessageStartingWith(process.description() + " is closed (expected: register '")
			.withMessageContaining(instance(9001).id());
	}

	@Test
	@Proves("F43")
	void closeIsBoundedWhenTheRegistryIsAway() {
		Registry process = process();
		watch(process, this.service);
		Registration registration = registered(process, instance(9001));
		this.fixture.stopServer();
		CompletableFuture<Void> closed = CompletableFuture.runAsync(process::close);
		assertThat(closed).succeedsWithin(Conditions.scaled(Duration.ofSeconds(20)));
		assertThat(registration.deregister(Duration.ofMillis(1)))
			.succeedsWithin(Conditions.scaled(Duration.ofSeconds(10)));
	}

	@Test
	void abandonedInstanceGoesAfterItsTtl() {
		Registry dying = process();
		registered(dying, instance(9001));
		registered(process(), instance(9002));
		RecordingListener watcher = watch(process(), this.service);
		Conditions.eventually(() -> assertThat(watcher.lastIds()).hasSize(2));
		this.fixture.abandon(dying);
		Conditions.await(this.fixture.ttl().plusSeconds(60))
			.untilAsserted(() -> assertThat(watcher.last()).containsExactly(instance(9002)));
		staysFor(this.fixture.ttl(), () -> assertThat(watcher.last()).containsExactly(instance(9002)));
	}

	@Test
	@Proves("F21")
	void deletedEntryIsRegisteredAgain() {
		Registration registration = registered(process(), instance(9001));
		this.fixture.deleteEntry(instance(9001));
		Conditions.await(this.fixture.ttl().plusSeconds(60))
			.untilAsserted(() -> assertThat(seenByANewProcess(this.service)).as("list of %s", registration.status())
				.containsExactly(instance(9001)));
	}

	@Test
	void twoRegistrationsOfOneProcessAreKeptApart() {
		RecordingListener watcher = watch(process(), this.service);
		Registry process = process();
		Registration first = registered(process, instance(9001));
		Registration second = registered(process, instance(9002));
		first.close();
		Conditions.eventually(() -> assertThat(watcher.last()).containsExactly(instance(9002)));
		staysFor(this.fixture.ttl(), () -> assertThat(watcher.last()).containsExactly(instance(9002)));
		assertThat(second.status().state()).isEqualTo(RegistrationStatus.State.REGISTERED);
	}

	@Test
	void registersWhenTheRegistryComesLater() {
		this.fixture.stopServer();
		Registration registration = process().registrar().register(instance(9001));
		Conditions.await(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(registration.status().lastError()).isNotNull());
		assertThat(registration.status().state()).isEqualTo(RegistrationStatus.State.REGISTERING);
		assertThat(registration.registered()).isNotDone();
		this.fixture.startServer();
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(60)));
		assertThat(registration.status().lastError()).isNull();
		assertThat(seenByANewProcess(this.service)).containsExactly(instance(9001));
	}

	@Test
	void registrationsSurviveARestartOfTheRegistry() {
		Registration registration = registered(process(), instance(9001));
		RecordingListener watcher = watch(process(), this.service);
		Conditions.eventually(() -> assertThat(watcher.lastIds()).hasSize(1));
		this.fixture.stopServer();
		this.fixture.startServer();
		Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> {
			assertThat(registration.status().state()).isEqualTo(RegistrationStatus.State.REGISTERED);
			assertThat(seenByANewProcess(this.service)).containsExactly(instance(9001));
		});
		staysFor(this.fixture.ttl().multipliedBy(2), () -> assertThat(watcher.last()).containsExactly(instance(9001)));
		registered(process(), instance(9002));
		Conditions.eventually(() -> assertThat(watcher.lastIds()).hasSize(2));
	}

	@Test
	@Proves("F45")
	void secondProcessWithTheSameIdIsAConflict() throws IOException {
		// a process that lives listens
		try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			ServiceInstance first = instance(listening.getLocalPort());
			Registration holder = registered(process(), first);
			ServiceInstance same = ServiceInstance.builder(this.service, "127.0.0.1", 9999).id(first.id()).build();
			Registration second = process().registrar().register(same);
			Throwable error = catchThrowable(() -> second.registered().orTimeout(60, TimeUnit.SECONDS).join());
			assertThat(error).isInstanceOf(CompletionException.class)
				.cause()
				.isInstanceOf(RegistrationConflictException.class)
				.hasMessageContaining(same.id())
				.hasMessageContaining("127.0.0.1:" + first.port())
				.hasMessageContaining("127.0.0.1:9999");
			assertThat(second.status().state()).isEqualTo(RegistrationStatus.State.CONFLICT);
			// the one who lost takes only itself away
			second.close();
			assertThat(holder.status().state()).isEqualTo(RegistrationStatus.State.REGISTERED);
			assertThat(seenByANewProcess(this.service)).containsExactly(first);
		}
	}

	@Test
	void restartOnTheSameAddressTakesOver() {
		RecordingListener watcher = watch(process(), this.service);
		Registry dying = process();
		registered(dying, instance(9001));
		Conditions.eventually(() -> assertThat(watcher.lastIds()).hasSize(1));
		this.fixture.abandon(dying);
		ServiceInstance restarted = ServiceInstance.builder(this.service, "127.0.0.1", 9001)
			.id(instance(9001).id())
			.version("2.0")
			.build();
		registered(process(), restarted);
		Conditions.eventually(() -> assertThat(watcher.last()).containsExactly(restarted));
		// what is left of the dead one does not take the new one along when its time is
		// up
		staysFor(this.fixture.ttl().multipliedBy(2), () -> assertThat(watcher.last()).containsExactly(restarted));
	}

	private List<ServiceInstance> seenByANewProcess(String service) {
		try (Registry registry = this.fixture.newRegistry(DiscoveryObserver.NONE)) {
			RecordingListener watcher = watch(registry, service);
			Conditions.await(Duration.ofSeconds(60)).until(() -> watcher.last() != null);
			return watcher.last();
		}
	}

}
