package io.github.grpcdiscovery.internal.watch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.ReachabilityProbe;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.internal.reconnect.FakeAttempts;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.Listing;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.FakeScheduler;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** Snapshots of a followed service. */
class SnapshotKeeperTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private static final Instant BEFORE = NOW.minusSeconds(3600);

	private static final ServiceInstance ONE = ServiceInstance.of("svc", "127.0.0.1", 1);

	private static final ServiceInstance TWO = ServiceInstance.of("svc", "127.0.0.1", 2);

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final FakeAttempts attempts = new FakeAttempts();

	private final FakeSnapshots snapshots = new FakeSnapshots();

	private final RecordingListener listener = new RecordingListener();

	private InstancesSink sink;

	private final WatchedServices services = new WatchedServices(new RegistryContext("fake", "fake (here)", this.loop,
			DiscoveryObserver.NONE, Clock.fixed(NOW, ZoneOffset.UTC)), (service, sink) -> {
				this.sink = sink;
				return new FakeWatchAttempt(this.attempts.get(), () -> {
				});
			},
			WatchSettings.builder()
				.lossConfirmation(Duration.ZERO)
				.reachability(ReachabilityProbe.TCP)
				.snapshots(this.snapshots)
				.build());

	@Test
	@Proves("F4")
	void serveAStartWithoutTheRegistry() {
		watch();
		fail();
		assertThat(this.listener.unavailable()).as("not known yet").isEmpty();
		this.snapshots.answer(ONE, TWO);
		assertThat(this.listener.last()).containsExactly(ONE, TWO);
		assertThat(status().staleSince()).isEqualTo(BEFORE);
		assertThat(status().connected()).isFalse();
		assertThat(this.snapshots.saved).as("never written back").isEmpty();
		this.scheduler.advance(Duration.ofMinutes(30));
		assertThat(this.snapshots.saved).isEmpty();
		serve(TWO);
		assertThat(this.listener.last()).containsExactly(TWO);
		assertThat(status().staleSince()).isNull();
		assertThat(this.snapshots.saved).containsExactly(List.of(TWO));
	}

	@Test
	void areNotUsedIfTheRegistryAnswers() {
		watch();
		this.snapshots.answer(ONE);
		assertThat(this.listener.lists()).isEmpty();
		serve(TWO);
		fail();
		this.scheduler.advance(Duration.ofMinutes(1));
		assertThat(this.listener.lists()).containsExactly(List.of(TWO));
		assertThat(status().staleSince()).isEqualTo(NOW);
	}

	@Test
	void areUsedIfTheRegistryDoesNotAnswerForASecond() {
		watch();
		this.snapshots.answer(ONE);
		this.scheduler.advance(SnapshotKeeper.FALLBACK_DELAY);
		assertThat(this.listener.last()).containsExactly(ONE);
	}

	@Test
	void slowStartOfAHealthyRegistryIsNoWarning() {
		try (CapturedLog log = new CapturedLog(WatchLog.class)) {
			watch();
			this.snapshots.answer(ONE);
			this.scheduler.advance(Duration.ofSeconds(3));
			assertThat(log.infos())
				.contains("No response from fake for service 'svc' yet; using 1 instances from the snapshot taken at "
						+ BEFORE);
			serve(TWO);
			assertThat(log.warnings()).isEmpty();
		}
	}

	@Test
	void registryThatFailsAfterItsSnapshotIsInUseIsOneWarning() {
		try (CapturedLog log = new CapturedLog(WatchLog.class)) {
			watch();
			this.snapshots.answer(ONE);
			this.scheduler.advance(Duration.ofSeconds(3));
			fail();
			this.scheduler.advance(Duration.ofSeconds(10));
			fail();
			assertThat(log.warnings()).containsExactly(
					"Cannot read service 'svc' from fake; using 1 instances from the snapshot taken at " + BEFORE);
		}
	}

	@Test
	void listenersHearWhyIfThereIsNone() {
		watch();
		fail();
		this.snapshots.answer();
		assertThat(this.listener.unavailable()).hasSize(1);
		this.scheduler.advance(Duration.ofSeconds(5));
		fail();
		assertThat(this.listener.unavailable()).hasSize(2);
	}

	@Test
	void comeTooLateForARegistryThatSpoke() {
		watch();
		serve(ONE);
		this.snapshots.answer(TWO);
		fail();
		assertThat(this.listener.lists()).containsExactly(List.of(ONE));
	}

	@Test
	void areTakenAtEachChangeAndAnewWhileInContact() {
		watch();
		this.snapshots.answer();
		serve(ONE);
		this.scheduler.advance(Duration.ofSeconds(1));
		serve(ONE, TWO);
		assertThat(this.snapshots.saved).hasSize(2);
		this.scheduler.advance(SnapshotKeeper.RENEWAL.multipliedBy(2));
		assertThat(this.snapshots.saved).hasSize(4).endsWith(List.of(ONE, TWO));
		fail();
		this.scheduler.advance(SnapshotKeeper.RENEWAL.multipliedBy(2));
		assertThat(this.snapshots.saved).as("not known to be true").hasSize(4);
	}

	@Test
	void areTakenAtTheEnd() {
		watch();
		serve(ONE);
		this.services.close();
		this.scheduler.runDue();
		assertThat(this.snapshots.saved).hasSize(2);
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	private void watch() {
		this.services.watch("svc", this.listener);
		this.scheduler.runDue();
	}

	private void serve(ServiceInstance... instances) {
		this.loop.execute(() -> this.sink.changed(() -> Listing.of(List.of(instances))));
		this.attempts.last().active();
		this.scheduler.runDue();
	}

	private void fail() {
		this.attempts.last().failed("gone");
		this.scheduler.runDue();
	}

	private WatchStatus status() {
		return this.services.watches().get(0);
	}

	private final class FakeSnapshots implements Snapshots {

		private final List<List<ServiceInstance>> saved = new ArrayList<>();

		private Consumer<@Nullable Snapshot> loaded;

		@Override
		public void load(Key key, Consumer<@Nullable Snapshot> loaded) {
			assertThat(key).isEqualTo(new Key("fake (here)", "svc"));
			this.loaded = loaded;
		}

		@Override
		public void save(Key key, List<ServiceInstance> instances) {
			this.saved.add(instances);
		}

		void answer(ServiceInstance... instances) {
			this.loaded.accept((instances.length > 0) ? new Snapshot(List.of(instances), BEFORE) : null);
			SnapshotKeeperTests.this.scheduler.runDue();
		}

	}

}
