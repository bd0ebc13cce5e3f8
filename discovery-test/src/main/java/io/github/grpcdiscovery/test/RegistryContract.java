package io.github.grpcdiscovery.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.DiscoveryOptions;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What every registry does, tried on the real one. A test of a registry extends this
 * class and says only how to get at its server; what is special about the registry is
 * tested beside it.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
public abstract class RegistryContract {

	private static final Duration DEREGISTER_TIMEOUT = Duration.ofSeconds(20);

	private static final AtomicInteger services = new AtomicInteger();

	private final List<Registry> registries = new ArrayList<>();

	private final List<RecordingListener> listeners = new ArrayList<>();

	private RegistryFixture fixture;

	/** A name that no other test uses, since a server may be shared. */
	private String service;

	/**
	 * The registry that the tests run on. The server is there; it may be shared by the
	 * tests of a class.
	 * @return closed after each test
	 */
	protected abstract RegistryFixture newFixture();

	@BeforeEach
	void openFixture() {
		this.service = "contract-%d-%x".formatted(services.incrementAndGet(), ThreadLocalRandom.current().nextInt());
		this.fixture = newFixture();
	}

	@AfterEach
	void closeFixture() {
		try (RegistryFixture fixture = this.fixture) {
			fixture.startServer();
			this.registries.forEach(Registry::close);
		}
		this.listeners.forEach(RecordingListener::assertPromisesKept);
	}

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
	void aWatcherThatComesLateSeesWhatIsThere() {
		Registry process = process();
		registered(process, instance(9001));
		registered(process, instance(9002));
		RecordingListener watcher = watch(process(), this.service);
		Conditions.eventually(() -> assertThat(watcher.last()).isNotNull());
		// the first list is complete: clients never see the fleet trickle in
		assertThat(watcher.lists().get(0)).containsExactly(instance(9001), instance(9002));
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
	void optionOfATargetThatTheRegistryDoesNotHaveIsRefused() {
		Registry process = process();
		assertThat(process.discovery(DiscoveryOptions.NONE)).isSameAs(process.discovery());
		DiscoveryOptions unknown = new DiscoveryOptions(null, Map.of("colour", List.of("red")));
		assertThatIllegalArgumentException().isThrownBy(() -> process.discovery(unknown))
			.withMessageStartingWith("option 'colour': 'red' (expected: ")
			.withMessageContaining(process.name());
		assertThat(process.watches()).isEmpty();
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
	void watchersSeeAnEmptyListOnlyWhenTheLastLeaves() {
		RecordingListener watcher = watch(process(), this.service);
		Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
		Registry process = process();
		Registration first = registered(process, instance(9001));
		Registration second = registered(process, instance(9002));
		Conditions.eventually(() -> assertThat(watcher.lastIds()).hasSize(2));
		first.close();
		Conditions.eventually(() -> assertThat(watcher.last()).containsExactly(instance(9002)));
		second.close();
		Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
		assertThat(watcher.lists().stream().filter(List::isEmpty)).hasSize(2);
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
	void closedRegistryNotifiesNobody() {
		Registry following = process();
		RecordingListener closed = watch(following, this.service);
		RecordingListener other = watch(process(), this.service);
		Conditions.eventually(() -> assertThat(closed.last()).isEmpty());
		following.close();
		registered(process(), instance(9001));
		Conditions.eventually(() -> assertThat(other.lastIds()).hasSize(1));
		assertThat(closed.lists()).hasSize(1);
		assertThat(closed.unavailable()).isEmpty();
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
	@Proves("I17")
	void servicesDoNotBleed() {
		Registry process = process();
		List<String> names = List.of(this.service, this.service + "-b", this.service + ".b", this.service + "b");
		for (String name : names) {
			registered(process, ServiceInstance.of(name, "127.0.0.1", 9000 + name.length()));
		}
		Registry following = process();
		for (String name : names) {
			RecordingListener watcher = watch(following, name);
			Conditions.eventually(
					() -> assertThat(watcher.last()).extracting(ServiceInstance::service).containsExactly(name));
		}
		assertThat(following.discovery().watches()).extracting(WatchStatus::service)
			.containsExactlyElementsOf(names.stream().sorted().toList());
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
	void manyInstancesAreSortedAndDistinct() {
		Registry process = process();
		List<Registration> registrations = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			int port = 20000 + (i * 7919) % 10000;
			registrations.add(process.registrar().register(instance(port)));
		}
		ServiceInstance twin = ServiceInstance.builder(this.service, "127.0.0.1", 20000)
			.id(this.service + "-twin")
			.build();
		registrations.add(process.registrar().register(twin));
		RecordingListener watcher = watch(process(), this.service);
		Conditions.eventually(() -> assertThat(registrations)
			.allMatch((registration) -> registration.status().state() == RegistrationStatus.State.REGISTERED));
		Conditions
			.eventually(() -> assertThat(watcher.last()).hasSize(40).extracting(ServiceInstance::port).isSorted());
	}

	@Test
	void aSecondWatcherGetsTheKnownListAtOnce() {
		registered(process(), instance(9001));
		Registry following = process();
		RecordingListener first = watch(following, this.service);
		Conditions.eventually(() -> assertThat(first.lastIds()).hasSize(1));
		this.fixture.stopServer();
		RecordingListener second = watch(following, this.service);
		assertThat(second.last()).isEqualTo(first.last());
		Conditions.eventually(() -> assertThat(following.discovery().watches()).singleElement()
			.extracting(WatchStatus::subscriptions)
			.isEqualTo(2));
		assertThat(second.lists()).hasSize(1);
	}

	@Test
	void closedSubscriptionHearsNothing() {
		Registry following = process();
		RecordingListener listener = new RecordingListener();
		RecordingListener other = watch(following, this.service);
		Subscription subscription = following.discovery().watch(this.service, listener);
		Conditions.eventually(() -> assertThat(listener.last()).isEmpty());
		subscription.close();
		subscription.close();
		subscription.refresh();
		registered(process(), instance(9001));
		Conditions.eventually(() -> assertThat(other.lastIds()).hasSize(1));
		assertThat(listener.lists()).hasSize(1);
	}

	@Test
	void refreshLosesNothing() {
		Registry following = process();
		RecordingListener watcher = new RecordingListener();
		this.listeners.add(watcher);
		Subscription subscription = following.discovery().watch(this.service, watcher);
		Registry process = process();
		for (int i = 0; i < 10; i++) {
			registered(process, instance(9001 + i));
			subscription.refresh();
		}
		Conditions.eventually(() -> assertThat(watcher.lastIds()).hasSize(10));
	}

	@Test
	@Proves("F5")
	void listStaysWhenTheRegistryGoesAway() {
		registered(process(), instance(9001));
		Registry following = process();
		RecordingListener watcher = watch(following, this.service);
		Conditions.eventually(() -> assertThat(watcher.lastIds()).hasSize(1));
		this.fixture.stopServer();
		Conditions.await(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(following.discovery().watches()).singleElement()
				.extracting(WatchStatus::connected)
				.isEqualTo(false));
		staysFor(this.fixture.ttl().multipliedBy(2), () -> assertThat(watcher.last()).containsExactly(instance(9001)));
		this.fixture.startServer();
		Conditions.await(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(following.discovery().watches()).singleElement()
				.extracting(WatchStatus::connected)
				.isEqualTo(true));
	}

	@Test
	@Proves("F3")
	void aWatcherWithoutARegistryGetsTheReasonAndIsServedLater() {
		Registry process = process();
		this.fixture.stopServer();
		RecordingListener watcher = watch(process(), this.service);
		Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(watcher.unavailable()).isNotEmpty());
		assertThat(watcher.unavailable().get(0)).hasMessageContaining(process.name());
		assertThat(watcher.lists()).isEmpty();
		this.fixture.startServer();
		registered(process, instance(9001));
		Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(watcher.lastIds()).hasSize(1));
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
	@Proves("F50")
	void malformedEntryIsSkippedAndTheOthersAreServed() {
		AtomicInteger skipped = new AtomicInteger();
		Registry following = process(new DiscoveryObserver() {

			@Override
			public void entrySkipped(String registry, String service) {
				skipped.incrementAndGet();
			}

		});
		registered(process(), instance(9001));
		this.fixture.putMalformedEntry(this.service);
		RecordingListener watcher = watch(following, this.service);
		Conditions.eventually(() -> assertThat(watcher.last()).containsExactly(instance(9001)));
		registered(process(), instance(9002));
		Conditions.eventually(() -> assertThat(watcher.last()).containsExactly(instance(9001), instance(9002)));
		Conditions.eventually(() -> assertThat(skipped).hasValue(1));
	}

	@Test
	@Proves("F50")
	void malformedEntryThatComesLaterHarmsNobody() {
		registered(process(), instance(9001));
		RecordingListener watcher = watch(process(), this.service);
		Conditions.eventually(() -> assertThat(watcher.lastIds()).hasSize(1));
		this.fixture.putMalformedEntry(this.service);
		registered(process(), instance(9002));
		Conditions.eventually(() -> assertThat(watcher.last()).containsExactly(instance(9001), instance(9002)));
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

	/**
	 * One process.
	 * @return closed after the test
	 */
	protected final Registry process() {
		return process(DiscoveryObserver.NONE);
	}

	/**
	 * One process that is watched over.
	 * @param observer sees what happens
	 * @return closed after the test
	 */
	protected final Registry process(DiscoveryObserver observer) {
		Registry registry = this.fixture.newRegistry(observer);
		this.registries.add(registry);
		return registry;
	}

	/**
	 * An instance of the test's service whose id is made of its port.
	 * @param port the port
	 * @return an instance on 127.0.0.1
	 */
	protected final ServiceInstance instance(int port) {
		return ServiceInstance.builder(this.service, "127.0.0.1", port).id(this.service + "-" + port).build();
	}

	private RecordingListener watch(Registry registry, String service) {
		RecordingListener listener = new RecordingListener();
		this.listeners.add(listener);
		registry.discovery().watch(service, listener);
		return listener;
	}

	private Registration registered(Registry registry, ServiceInstance instance) {
		Registration registration = registry.registrar().register(instance);
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(60)));
		return registration;
	}

	private List<ServiceInstance> seenByANewProcess(String service) {
		try (Registry registry = this.fixture.newRegistry(DiscoveryObserver.NONE)) {
			RecordingListener watcher = watch(registry, service);
			Conditions.await(Duration.ofSeconds(60)).until(() -> watcher.last() != null);
			return watcher.last();
		}
	}

	private void staysFor(Duration time, Runnable assertions) {
		Conditions.await(time.multipliedBy(2).plusSeconds(30)).during(time).untilAsserted(assertions::run);
	}

}
