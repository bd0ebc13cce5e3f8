package io.github.grpcdiscovery.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.DiscoveryOptions;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What every registry does, tried on the real one. A test of a registry extends this
 * class and says only how to get at its server; what is special about the registry is
 * tested beside it.
 */
public abstract class RegistryContract extends RegistrationContract {

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

}
