package io.github.grpcdiscovery.internal.watch;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceConfigListener;
import io.github.grpcdiscovery.ServiceConfigStatus;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.internal.reconnect.FakeAttempts;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.ServiceConfigSink;
import io.github.grpcdiscovery.spi.ServiceConfigSource;
import io.github.grpcdiscovery.spi.WatchAttempt;
import io.github.grpcdiscovery.spi.WatchSource;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** The service config of a followed service. */
class ServiceConfigWatchTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final FakeAttempts attempts = new FakeAttempts();

	private final FakeSnapshots snapshots = new FakeSnapshots();

	private final CapturedLog log = new CapturedLog("io.github.grpcdiscovery.internal.watch");

	private ServiceConfigSink sink;

	private WatchedServices services = services(Snapshots.NONE);

	private WatchedServices services(Snapshots snapshots) {
		return new WatchedServices(context(), new FakeSource(), WatchSettings.builder().snapshots(snapshots).build());
	}

	private RegistryContext context() {
		return new RegistryContext("fake", "fake (here)", this.loop, DiscoveryObserver.NONE,
				Clock.fixed(NOW, ZoneOffset.UTC));
	}

	@AfterEach
	void close() {
		this.log.close();
	}

	@Test
	void allWhoFollowOneServiceShareOneWatchAndHearOfEachChange() {
		List<Recorder> channels = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			channels.add(watch());
		}
		assertThat(this.attempts.count()).isEqualTo(1);
		hold("{\"a\": 1}");
		hold("{\"a\": 1}");
		hold("{\"a\": {\"b\": [\"x\", true, 2.5]}}");
		assertThat(channels)
			.allSatisfy((channel) -> assertThat(channel.heard).containsExactly("{a=1.0}", "{a={b=[x, true, 2.5]}}"));
	}

	@Test
	void aLateChannelGetsWhatIsKnownBeforeTheCallReturns() {
		watch();
		hold("{\"a\": 1}");
		Recorder late = new Recorder();
		this.services.serviceConfigs().watch("svc", late);
		assertThat(late.heard).containsExactly("{a=1.0}");
		this.scheduler.runDue();
		assertThat(late.heard).hasSize(1);
	}

	@Test
	void thatThereIsNoneIsSaidAndADeletedOneIsGone() {
		Recorder channel = watch();
		hold(null);
		hold("{}");
		hold(null);
		assertThat(channel.heard).containsExactly("none", "{}", "none");
	}

	@Test
	void whatCannotBeUsedIsRefusedOnceWithItsReasonAndTheLastGoodOneStays() {
		Recorder channel = watch();
		hold("{\"a\": 1}");
		hold("{\"bad\": 1}");
		hold("{\"bad\": 1}");
		assertThat(channel.heard).containsExactly("{a=1.0}");
		assertThat(status().refused()).isEqualTo("bad is no field");
		assertThat(status().text()).isEqualTo("{\"a\": 1}");
		assertThat(this.log.warnings()).containsExactly(
				"Refused the service config of 'svc' in fake; the last good one stays in use: bad is no field");
		hold("{\"b\": 1}");
		assertThat(channel.heard).containsExactly("{a=1.0}", "{b=1.0}");
		assertThat(status().refused()).isNull();
		hold("{\"bad\": 1}");
		assertThat(this.log.warnings()).hasSize(2);
	}

	@Test
	void textThatIsNoJsonObjectIsRefused() {
		Recorder channel = watch();
		for (String text : List.of("", "[]", "{\"a\":", "{} {}", "{\"a\":1,\"a\":2}", "[".repeat(50_000))) {
			hold(text);
			assertThat(status().refused()).as(text).isNotBlank();
		}
		holdBytes(new byte[] { '"', (byte) 0xFF, '"' });
		assertThat(status().refused()).isEqualTo("not UTF-8");
		assertThat(channel.heard).as("what there was before").containsExactly("none");
	}

	@Test
	void textThatIsTooLongIsRefused() {
		watch();
		hold("{\"a\": \"" + "x".repeat(ServiceConfigSink.MAX_BYTES) + "\"}");
		assertThat(status().refused()).isEqualTo("too long (expected: at most 65536 bytes)");
	}

	@Test
	void aListenerThatThrowsHarmsNobody() {
		Recorder first = watch();
		Recorder second = watch();
		first.broken = true;
		hold("{\"a\": 1}");
		assertThat(second.heard).containsExactly("{a=1.0}");
		assertThat(this.log.errors()).hasSize(1);
	}

	@Test
	void lostContactKeepsWhatIsKnownAndAnotherAttemptFollows() {
		Recorder channel = watch();
		hold("{\"a\": 1}");
		fail(new RegistryException("gone", null));
		assertThat(status().connected()).isFalse();
		assertThat(status().lastError()).isEqualTo("gone");
		assertThat(channel.heard).containsExactly("{a=1.0}");
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.attempts.count()).isEqualTo(2);
		hold("{\"b\": 1}");
		assertThat(channel.heard).containsExactly("{a=1.0}", "{b=1.0}");
		assertThat(status().connected()).isTrue();
		assertThat(this.log.warnings()).as("the watch of the instances reports it").isEmpty();
	}

	@Test
	void aMissingPermissionIsOneWarningAndChannelsGoOnWithout() {
		Recorder channel = watch();
		fail(new RegistryAccessException("may not read x", null));
		assertThat(channel.heard).containsExactly("unavailable: may not read x");
		for (int i = 0; i < 3; i++) {
			this.scheduler.advance(Duration.ofMinutes(2));
			fail(new RegistryAccessException("may not read x", null));
		}
		assertThat(this.log.warnings()).containsExactly(
				"Cannot read the service config of 'svc'; channels go on with what they have: may not read x");
		Recorder late = watch();
		assertThat(late.heard).containsExactly("unavailable: may not read x");
	}

	@Test
	void serviceThatNobodyFollowsAnyMoreIsLetGoAfterAWhile() {
		Recorder channel = new Recorder();
		Subscription subscription = this.services.serviceConfigs().watch("svc", channel);
		this.scheduler.runDue();
		hold("{}");
		subscription.close();
		subscription.close();
		this.scheduler.runDue();
		hold("{\"a\": 1}");
		assertThat(channel.heard).containsExactly("{}");
		Recorder next = watch();
		assertThat(next.heard).as("judged by the first who can").containsExactly("{}", "{a=1.0}");
		assertThat(this.attempts.count()).isEqualTo(1);
	}

	@Test
	void watchEndsAfterTheLingerTime() {
		Subscription subscription = this.services.serviceConfigs().watch("svc", new Recorder());
		this.scheduler.runDue();
		subscription.close();
		this.scheduler.advance(Duration.ofMinutes(2));
		assertThat(this.attempts.last().ends()).isEqualTo(1);
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	@Test
	void closedRegistryEndsTheWatch() {
		watch();
		this.services.close();
		this.scheduler.runDue();
		assertThat(this.attempts.last().ends()).isEqualTo(1);
	}

	@Test
	void snapshotServesAStartWithoutTheRegistry() {
		this.services = services(this.snapshots);
		Recorder channel = watch();
		fail(new RegistryException("gone", null));
		assertThat(channel.heard).as("not known yet").isEmpty();
		this.snapshots.answer("{\"a\": 1}");
		assertThat(channel.heard).containsExactly("{a=1.0}");
		assertThat(this.snapshots.saved).as("never written back").isEmpty();
	}

	@Test
	void withoutASnapshotAStartWithoutTheRegistryGoesOn() {
		this.services = services(this.snapshots);
		Recorder channel = watch();
		fail(new RegistryException("gone", null));
		this.snapshots.answer("");
		assertThat(channel.heard).containsExactly("unavailable: gone");
	}

	@Test
	void snapshotStandsInForOneThatIsRefusedAtTheStart() {
		this.services = services(this.snapshots);
		Recorder channel = watch();
		this.snapshots.answer("{\"a\": 1}");
		hold("{\"bad\": 1}");
		assertThat(channel.heard).containsExactly("{a=1.0}");
		assertThat(this.snapshots.saved).as("it is not to grow old").containsExactly("{\"a\": 1}");
	}

	@Test
	void goodOnesAreRememberedAndRenewedAndSoIsThatThereIsNone() {
		this.services = services(this.snapshots);
		watch();
		this.snapshots.answer(null);
		hold("{\"a\": 1}");
		hold("{\"bad\": 1}");
		this.scheduler.advance(SnapshotKeeper.RENEWAL.multipliedBy(2));
		assertThat(this.snapshots.saved).hasSize(3).containsOnly("{\"a\": 1}");
		hold(null);
		assertThat(this.snapshots.saved).endsWith("");
	}

	@Test
	void registryWithoutServiceConfigsHasNone() {
		WatchedServices without = new WatchedServices(context(), (service, sink) -> {
			throw new AssertionError();
		}, WatchSettings.DEFAULT);
		assertThat(without.serviceConfigs()).isNull();
	}

	@Test
	void nameThatIsNoneIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.services.serviceConfigs().watch(" ", new Recorder()));
	}

	private Recorder watch() {
		Recorder recorder = new Recorder();
		this.services.serviceConfigs().watch("svc", recorder);
		this.scheduler.runDue();
		return recorder;
	}

	private void hold(@Nullable String text) {
		holdBytes((text != null) ? text.getBytes(StandardCharsets.UTF_8) : null);
	}

	private void holdBytes(byte @Nullable [] value) {
		this.loop.execute(() -> this.sink.changed(value));
		this.attempts.last().active();
		this.scheduler.runDue();
	}

	private void fail(RegistryException cause) {
		this.attempts.last().context().failed(cause);
		this.scheduler.runDue();
	}

	private ServiceConfigStatus status() {
		this.services.watch("svc", (instances) -> {
		});
		this.scheduler.runDue();
		return this.services.watches().get(0).serviceConfig();
	}

	private final class FakeSource implements WatchSource {

		@Override
		public WatchAttempt attempt(String service, InstancesSink sink) {
			return new FakeWatchAttempt(new FakeAttempts().get(), () -> {
			});
		}

		@Override
		public ServiceConfigSource serviceConfigs() {
			return (service, sink) -> {
				ServiceConfigWatchTests.this.sink = sink;
				return ServiceConfigWatchTests.this.attempts.get();
			};
		}

	}

	private static final class Recorder implements ServiceConfigListener {

		private final List<String> heard = new ArrayList<>();

		private boolean broken;

		@Override
		public @Nullable String reasonToRefuse(Map<String, ?> config) {
			return config.containsKey("bad") ? "bad is no field" : null;
		}

		@Override
		public void onServiceConfig(@Nullable Map<String, ?> config) {
			if (this.broken) {
				throw new IllegalStateException("broken");
			}
			this.heard.add((config != null) ? config.toString() : "none");
		}

		@Override
		public void onUnavailable(RegistryException cause) {
			this.heard.add("unavailable: " + cause.getMessage());
		}

	}

	private final class FakeSnapshots implements Snapshots {

		private final List<String> saved = new ArrayList<>();

		private Consumer<@Nullable String> loaded;

		@Override
		public void load(Key key, Consumer<@Nullable Snapshot> loaded) {
			loaded.accept(null);
		}

		@Override
		public void save(Key key, List<ServiceInstance> instances) {
			// those of the list are not the point here
		}

		@Override
		public void loadServiceConfig(Key key, Consumer<@Nullable String> loaded) {
			assertThat(key).isEqualTo(new Key("fake (here)", "svc"));
			this.loaded = loaded;
		}

		@Override
		public void saveServiceConfig(Key key, String text) {
			this.saved.add(text);
		}

		void answer(@Nullable String text) {
			this.loaded.accept(text);
			ServiceConfigWatchTests.this.scheduler.runDue();
		}

	}

}
