package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.Listing;
import io.github.grpcdiscovery.testsupport.FakeScheduler;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class InstancesPublisherTests {

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final List<List<ServiceInstance>> published = new ArrayList<>();

	private final AtomicInteger asked = new AtomicInteger();

	private final InstancesPublisher publisher = new InstancesPublisher(this.loop, this.published::add);

	private final UpdateThrottle throttle = new UpdateThrottle(this.loop, WatchSettings.DEFAULT.updateInterval(),
			(listing) -> this.publisher.publish(SortedInstances.of(listing.instances())));

	@Test
	void unknownIsNotEmpty() {
		assertThat(this.publisher.last()).isNull();
		changed(List.of());
		assertThat(this.publisher.last()).isEmpty();
		assertThat(this.published).containsExactly(List.of());
	}

	@Test
	void firstListIsPublishedAtOnceAndSoIsTheFirstAfterAQuietTime() {
		changed(ports(1));
		assertThat(this.published).hasSize(1);
		this.scheduler.advance(Duration.ofMillis(100));
		changed(ports(1, 2));
		assertThat(this.published).hasSize(2);
	}

	@Test
	void firstInstanceAfterAnEmptyListIsPublishedAtOnce() {
		changed(List.of());
		changed(ports(1));
		assertThat(this.published).containsExactly(List.of(), ports(1));
		changed(List.of());
		assertThat(this.published).hasSize(2);
	}

	@Test
	void listThatStaysEmptyIsReadTwentyTimesASecondAtMost() {
		for (int i = 1; i <= 1000; i++) {
			changed(List.of());
			this.scheduler.advance(Duration.ofMillis(1));
		}
		assertThat(this.asked).hasValueBetween(9, 21);
	}

	@Test
	@Proves("I44")
	void listsAreSortedImmutableAndHoldEachAddressOnce() {
		ServiceInstance a = instance("b", "10.0.0.1", 9);
		ServiceInstance twin = instance("a", "10.0.0.1", 9);
		ServiceInstance lower = instance("z", "10.0.0.1", 8);
		ServiceInstance name = instance("n", "alpha", 1);
		changed(List.of(name, a, twin, lower));
		assertThat(this.published.get(0)).containsExactly(lower, twin, name);
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.published.get(0).add(twin));
		this.scheduler.advance(Duration.ofSeconds(1));
		changed(List.of(twin, lower, name, a));
		assertThat(this.published).hasSize(1);
	}

	@Test
	void changedAttributesAreAChange() {
		changed(ports(1));
		this.scheduler.advance(Duration.ofSeconds(1));
		ServiceInstance heavier = ServiceInstance.builder("svc", "127.0.0.1", 1).id("1").weight(200).build();
		changed(List.of(heavier));
		assertThat(this.published).hasSize(2);
	}

	@Test
	@Proves("F48")
	void aStormIsPublishedTenTimesASecondAndItsLastStateSoonAfter() {
		for (int i = 1; i <= 1000; i++) {
			changed(ports(i));
			this.scheduler.advance(Duration.ofMillis(1));
		}
		this.scheduler.advance(Duration.ofMillis(100));
		assertThat(this.published).hasSizeBetween(10, 11);
		assertThat(this.asked.get()).isEqualTo(this.published.size());
		assertThat(this.publisher.last()).isEqualTo(ports(1000));
	}

	@Test
	void aStormThatChangesNothingIsReadTenTimesASecondToo() {
		for (int i = 1; i <= 1000; i++) {
			changed(ports(1));
			this.scheduler.advance(Duration.ofMillis(1));
		}
		assertThat(this.published).hasSize(1);
		assertThat(this.asked).hasValueBetween(9, 11);
	}

	@Test
	void nothingIsPublishedAfterItWasDropped() {
		changed(ports(1));
		changed(ports(2));
		this.loop.execute(this.throttle::dropPending);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.published).hasSize(1);
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	@Test
	void refusesOtherThreads() {
		assertThatIllegalStateException().isThrownBy(() -> this.throttle.offer(() -> Listing.of(List.of()), false));
		assertThatIllegalStateException().isThrownBy(() -> this.publisher.publish(List.of()));
	}

	@Test
	void tenThousandInstancesAreNoTrouble() {
		List<ServiceInstance> many = new ArrayList<>();
		for (int i = 0; i < 10_000; i++) {
			many.add(instance("i" + i, "10.0." + (i % 100) + "." + (i / 100), 9090));
		}
		changed(many);
		assertThat(this.published.get(0)).hasSize(10_000)
			.extracting(ServiceInstance::address)
			.isSortedAccordingTo(HostAndPort::compareTo);
	}

	private void changed(List<ServiceInstance> instances) {
		this.loop.execute(() -> this.throttle.offer(() -> {
			this.asked.incrementAndGet();
			return Listing.of(instances);
		}, this.publisher.last() == null || this.publisher.last().isEmpty()));
		this.scheduler.runDue();
	}

	private static List<ServiceInstance> ports(int... ports) {
		List<ServiceInstance> instances = new ArrayList<>();
		for (int port : ports) {
			instances.add(instance(String.valueOf(port), "127.0.0.1", port));
		}
		return instances;
	}

	private static ServiceInstance instance(String id, String host, int port) {
		return ServiceInstance.builder("svc", host, port).id(id).build();
	}

}
