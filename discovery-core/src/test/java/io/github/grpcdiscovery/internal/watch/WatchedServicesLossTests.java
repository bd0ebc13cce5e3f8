package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.Listing;
import io.github.grpcdiscovery.test.RecordingListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lists that lose instances, from the registry to those who follow them.
 */
class WatchedServicesLossTests extends WatchedServicesFixture {

	@Test
	void massLossIsListedAgainBeforeItIsBelieved() {
		this.absent.clear();
		RecordingListener listener = watch("svc");
		serve("svc", ONE, TWO);
		this.scheduler.advance(Duration.ofSeconds(1));
		serve("svc");
		assertThat(listener.lists()).hasSize(1);
		assertThat(status().instances()).containsExactly(ONE, TWO);
		assertThat(status().unconfirmed()).containsExactly(ONE, TWO);
		assertThat(this.observed).contains("held svc 2");
		this.scheduler.advance(LossGuard.WARN_AFTER);
		assertThat(this.log.warnings()).containsExactly(
				"fake lost 2 instances of service 'svc' at once; keeping them for 30s while their ports accept connections");
		this.scheduler.advance(CONFIRMATION.minus(LossGuard.WARN_AFTER));
		this.scheduler.advance(RefreshSchedule.SPREAD);
		assertThat(this.reads).as("listed again").hasSize(1);
		assertThat(listener.lists()).hasSize(1);
		refreshed("svc");
		assertThat(this.attempts.get("svc").count()).as("beside the watch").isEqualTo(1);
		assertThat(listener.last()).isEmpty();
		assertThat(status().unconfirmed()).isEmpty();
		assertThat(this.observed).endsWith("held svc 0", "changed svc 0");
	}

	@Test
	void listThatIsToldAgainWithoutAChangeConfirmsToo() {
		this.absent.clear();
		RecordingListener listener = watch("svc");
		serve("svc", ONE, TWO);
		fail("svc", "gone");
		this.scheduler.advance(Duration.ofSeconds(1));
		serve("svc", TWO);
		assertThat(status().unconfirmed()).containsExactly(ONE);
		this.scheduler.advance(CONFIRMATION.plus(RefreshSchedule.SPREAD));
		refreshed("svc", TWO);
		assertThat(listener.last()).containsExactly(TWO);
		assertThat(status().unconfirmed()).isEmpty();
	}

	@Test
	void onlyTheFreshListingConfirmsALoss() {
		this.absent.clear();
		RecordingListener listener = watch("svc");
		serve("svc", ONE, TWO);
		serve("svc");
		this.scheduler.advance(CONFIRMATION.plus(RefreshSchedule.SPREAD));
		ServiceInstance three = ServiceInstance.of("svc", "127.0.0.1", 3);
		serve("svc", three);
		assertThat(listener.last()).as("a change of the watch").containsExactly(ONE, TWO, three);
		this.scheduler.advance(Duration.ofSeconds(1));
		refreshed("svc", three);
		assertThat(listener.last()).containsExactly(three);
	}

	@Test
	void confirmationThatFailsIsAskedForAgain() {
		this.absent.clear();
		RecordingListener listener = watch("svc");
		serve("svc", ONE, TWO);
		serve("svc");
		this.scheduler.advance(CONFIRMATION.plus(RefreshSchedule.SPREAD));
		for (int i = 1; i <= 3; i++) {
			assertThat(this.reads).hasSize(i);
			this.loop.execute(() -> this.sinks.get("svc").refreshFailed(new RegistryException("busy", null)));
			this.scheduler.advance(Duration.ofSeconds(4));
			assertThat(this.reads).hasSize(i);
			this.scheduler.advance(Duration.ofSeconds(3));
		}
		assertThat(listener.last()).containsExactly(ONE, TWO);
		refreshed("svc");
		assertThat(listener.last()).isEmpty();
		assertThat(this.attempts.get("svc").count()).isEqualTo(1);
	}

	@Test
	void confirmationThatIsDueBeforeThereIsContactDropsNoListAndIsMadeInContact() {
		this.absent.clear();
		RecordingListener listener = watch("svc");
		serve("svc", ONE, TWO);
		fail("svc", "gone");
		this.scheduler.advance(Duration.ofSeconds(10));
		changed("svc");
		this.scheduler.advance(CONFIRMATION.minusMillis(50));
		ServiceInstance three = ServiceInstance.of("svc", "127.0.0.1", 3);
		ServiceInstance four = ServiceInstance.of("svc", "127.0.0.1", 4);
		changed("svc", three);
		// waits for the update interval, in which the confirmation is due
		changed("svc", three, four);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(listener.last()).containsExactly(ONE, TWO, three, four);
		assertThat(this.reads).isEmpty();
		this.attempts.get("svc").last().active();
		this.scheduler.advance(RefreshSchedule.SPREAD);
		assertThat(this.reads).hasSize(1);
		refreshed("svc", three, four);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(listener.last()).containsExactly(three, four);
	}

	@Test
	void theOnlyInstanceIsUsedUntilItsPortIsClosed() {
		this.absent.clear();
		RecordingListener listener = watch("svc");
		serve("svc", ONE);
		serve("svc");
		this.scheduler.advance(Duration.ofSeconds(3));
		assertThat(listener.last()).containsExactly(ONE);
		this.absent.add(ONE.address());
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(listener.last()).isEmpty();
		assertThat(this.attempts.get("svc").count()).isEqualTo(1);
	}

	@Test
	void listIsStaleWhileTheRegistryIsAway() {
		watch("svc");
		serve("svc", ONE);
		assertThat(status().staleSince()).isNull();
		fail("svc", "gone");
		assertThat(status().staleSince()).isEqualTo(NOW);
		fail("svc", "gone");
		this.scheduler.advance(Duration.ofSeconds(1));
		serve("svc", ONE);
		assertThat(status().staleSince()).isNull();
		assertThat(this.observed.stream().filter((event) -> event.startsWith("stale")))
			.containsExactly("stale svc " + NOW, "stale svc null");
	}

	@Test
	void unhealthyInstancesAreToldBeforeTheListThatLacksThem() {
		List<Object> told = new ArrayList<>();
		InstancesListener listener = new InstancesListener() {

			@Override
			public void onInstances(List<ServiceInstance> instances) {
				told.add(instances);
			}

			@Override
			public void onUnhealthy(Map<HostAndPort, String> unhealthy) {
				told.add(unhealthy);
			}

		};
		subscribe("svc", listener);
		Map<HostAndPort, String> critical = Map.of(ONE.address(), "critical");
		unhealthy(critical);
		assertThat(told).containsExactly(critical, List.of());
		assertThat(status().unhealthy()).isEqualTo(critical);
		unhealthy(critical);
		subscribe("svc", listener);
		assertThat(told).containsExactly(critical, List.of(), critical, List.of());
		told.clear();
		this.scheduler.advance(Duration.ofSeconds(1));
		unhealthy(Map.of());
		assertThat(told).containsExactly(Map.of(), Map.of());
		assertThat(status().unhealthy()).isEmpty();
	}

	@Test
	void instancesThatNoProbeReachesStayInUseWithOneWarning() {
		this.absent.clear();
		RecordingListener listener = watch("svc");
		serve("svc", ONE, TWO);
		Map<HostAndPort, String> critical = new TreeMap<>(
				Map.of(ONE.address(), "critical (refused)", TWO.address(), "critical (refused)"));
		Listing unreached = new Listing(List.of(), Set.of(), critical.keySet(), critical);
		this.loop.execute(() -> this.sinks.get("svc").changed(() -> unreached));
		for (int i = 0; i < 10; i++) {
			this.scheduler.advance(CONFIRMATION.plus(RefreshSchedule.SPREAD));
			this.loop.execute(() -> this.sinks.get("svc").refreshed(() -> unreached));
			this.scheduler.advance(Duration.ofSeconds(1));
		}
		assertThat(listener.last()).containsExactly(ONE, TWO);
		assertThat(status().unconfirmed()).hasSize(2);
		assertThat(this.log.warnings()).containsExactly(
				"The health checks of fake reach no instance of service 'svc'; using the 2 that accept connections, such as 127.0.0.1:1, which is critical (refused) (query.fail-traffic-on-panic=true calls none)");
	}

	private void unhealthy(Map<HostAndPort, String> unhealthy) {
		this.loop.execute(() -> this.sinks.get("svc")
			.changed(() -> new Listing(List.of(), unhealthy.keySet(), Set.of(), unhealthy)));
		this.scheduler.runDue();
		this.scheduler.advance(Duration.ofMillis(200));
	}

}
