package io.github.grpcdiscovery.internal.watch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.SkippedEntry;
import io.github.grpcdiscovery.Subscription;
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
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class WatchedServicesTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private static final Duration CONFIRMATION = Duration.ofSeconds(30);

	private static final ServiceInstance ONE = ServiceInstance.of("svc", "127.0.0.1", 1);

	private static final ServiceInstance TWO = ServiceInstance.of("svc", "127.0.0.1", 2);

	private final FakeScheduler scheduler = new FakeScheduler();

	private DoubleSupplier random = () -> 0.5;

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime,
			() -> this.random.getAsDouble());

	private final Map<String, FakeAttempts> attempts = new TreeMap<>();

	private final Map<String, InstancesSink> sinks = new TreeMap<>();

	private final List<String> reads = new ArrayList<>();

	private final List<String> observed = new ArrayList<>();

	private final Set<HostAndPort> absent = new HashSet<>(List.of(ONE.address(), TWO.address()));

	private final List<RecordingListener> listeners = new ArrayList<>();

	private final CapturedLog log = new CapturedLog("io.github.grpcdiscovery.internal.watch");

	private final WatchedServices services = new WatchedServices(new RegistryContext("fake",
			"fake (http://127.0.0.1:1)", this.loop, new Observer(), Clock.fixed(NOW, ZoneOffset.UTC)),
			(service, sink) -> {
				this.sinks.put(service, sink);
				return new FakeWatchAttempt(this.attempts.computeIfAbsent(service, (key) -> new FakeAttempts()).get(),
						() -> this.reads.add(service));
			}, WatchSettings.builder().lossConfirmation(CONFIRMATION).reachability(this::check).build());

	@AfterEach
	void promisesWereKept() {
		this.log.close();
		this.listeners.forEach(RecordingListener::assertPromisesKept);
	}

	@Test
	void allWhoFollowAServiceShareOneWatch() {
		RecordingListener first = watch("svc");
		RecordingListener second = watch("svc");
		RecordingListener other = watch("other");
		serve("svc", ONE);
		assertThat(first.last()).containsExactly(ONE);
		assertThat(second.last()).containsExactly(ONE);
		assertThat(other.last()).isNull();
		assertThat(this.attempts.get("svc").count()).isEqualTo(1);
		assertThat(this.services.watches()).extracting(WatchStatus::service).containsExactly("other", "svc");
		assertThat(this.services.watches()).extracting(WatchStatus::subscriptions).containsExactly(1, 2);
	}

	@Test
	void knownListIsHandedOverBeforeWatchReturns() {
		watch("svc");
		serve("svc", ONE);
		RecordingListener second = new RecordingListener();
		this.services.watch("svc", second);
		assertThat(second.last()).containsExactly(ONE);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(second.lists()).hasSize(1);
		second.assertPromisesKept();
	}

	@Test
	void listThatChangesBetweenTheCallAndTheLoopIsNotLost() {
		watch("svc");
		serve("svc", ONE);
		this.scheduler.advance(Duration.ofSeconds(1));
		this.loop.execute(() -> this.sinks.get("svc").changed(() -> Listing.of(List.of(ONE, TWO))));
		RecordingListener second = new RecordingListener();
		this.services.watch("svc", second);
		assertThat(second.lists()).containsExactly(List.of(ONE));
		this.scheduler.runDue();
		assertThat(second.lists()).containsExactly(List.of(ONE), List.of(ONE, TWO));
	}

	@Test
	void watchOutlivesItsLastSubscriptionByTheLinger() {
		RecordingListener first = new RecordingListener();
		Subscription subscription = subscribe("svc", first);
		serve("svc", ONE);
		subscription.close();
		this.scheduler.advance(Duration.ofSeconds(59));
		serve("svc", ONE, TWO);
		assertThat(first.lists()).hasSize(1);
		RecordingListener second = new RecordingListener();
		this.services.watch("svc", second);
		assertThat(second.last()).containsExactly(ONE, TWO);
		this.scheduler.advance(Duration.ofMinutes(10));
		assertThat(this.attempts.get("svc").count()).isEqualTo(1);
		assertThat(this.attempts.get("svc").last().ends()).isZero();
		assertThat(this.observed).doesNotContain("ended svc");
	}

	@Test
	@Proves("F56")
	void whoComesBackWhileTheRegistryIsAwayHasTheListAtOnce() {
		Subscription subscription = subscribe("svc", new RecordingListener());
		serve("svc", ONE, TWO);
		subscription.close();
		fail("svc", "gone");
		this.scheduler.advance(Duration.ofSeconds(59));
		RecordingListener second = new RecordingListener();
		this.services.watch("svc", second);
		assertThat(second.last()).as("before anything else happens").containsExactly(ONE, TWO);
		this.scheduler.advance(Duration.ofMinutes(10));
		assertThat(second.lists()).hasSize(1);
		assertThat(second.unavailable()).isEmpty();
	}

	@Test
	void watchEndsAfterTheLingerAndBeginsAnew() {
		Subscription subscription = subscribe("svc", new RecordingListener());
		serve("svc", ONE);
		subscription.close();
		subscription.close();
		this.scheduler.advance(Duration.ofSeconds(60));
		assertThat(this.attempts.get("svc").last().ends()).isEqualTo(1);
		assertThat(this.observed).contains("ended svc");
		assertThat(this.services.watches()).isEmpty();
		assertThat(this.scheduler.pendingTasks()).isZero();
		RecordingListener second = watch("svc");
		assertThat(second.last()).isNull();
		assertThat(this.attempts.get("svc").count()).isEqualTo(2);
		serve("svc", TWO);
		assertThat(second.last()).containsExactly(TWO);
	}

	@Test
	void listOfAWatchThatEndsMeanwhileIsNotToldTwiceAndNotTakenBack() {
		Subscription subscription = subscribe("svc", new RecordingListener());
		serve("svc", ONE);
		RecordingListener second = new RecordingListener();
		this.listeners.add(second);
		// subscribes just before the linger is over, and the loop hears of it just after
		this.loop.schedule(WatchSettings.DEFAULT.linger(), () -> this.services.watch("svc", second));
		subscription.close();
		this.scheduler.advance(WatchSettings.DEFAULT.linger());
		assertThat(this.observed).contains("ended svc");
		assertThat(this.attempts.get("svc").count()).isEqualTo(2);
		assertThat(second.lists()).hasSize(1);
		this.scheduler.advance(Duration.ofSeconds(1));
		fail("svc", "gone");
		assertThat(second.unavailable()).isEmpty();
		this.scheduler.advance(Duration.ofSeconds(1));
		serve("svc", ONE);
		assertThat(second.lists()).hasSize(1);
	}

	@Test
	void lastKnownListStaysDuringAnOutage() {
		RecordingListener listener = watch("svc");
		serve("svc", ONE, TWO);
		fail("svc", "gone");
		this.scheduler.advance(Duration.ofMinutes(10));
		assertThat(listener.lists()).hasSize(1);
		assertThat(listener.unavailable()).isEmpty();
		assertThat(status().connected()).isFalse();
		assertThat(status().instances()).containsExactly(ONE, TWO);
		assertThat(status().lastError()).isEqualTo("gone");
		assertThat(watch("svc").last()).containsExactly(ONE, TWO);
	}

	@Test
	void outageWithoutAListIsToldWithItsReason() {
		RecordingListener listener = watch("svc");
		fail("svc", "refused");
		assertThat(listener.unavailable()).singleElement().satisfies((ex) -> assertThat(ex).hasMessage("refused"));
		RecordingListener late = watch("svc");
		assertThat(late.unavailable()).hasSize(1);
		this.scheduler.advance(Duration.ofSeconds(1));
		serve("svc", ONE);
		assertThat(listener.last()).containsExactly(ONE);
		assertThat(late.last()).containsExactly(ONE);
	}

	@Test
	@Proves("F74")
	void refreshAsksNothingWhereTheWatchWasHeardJustNow() {
		List<Subscription> fleet = fleet();
		this.scheduler.advance(RefreshSchedule.FRESH.minusSeconds(3));
		this.sinks.values().forEach((sink) -> this.loop.execute(sink::heard));
		this.scheduler.advance(Duration.ofSeconds(3));
		fleet.forEach(Subscription::refresh);
		this.scheduler.advance(Duration.ofSeconds(10));
		assertThat(this.reads).isEmpty();
	}

	@Test
	@Proves("F74")
	void refreshesOfAFleetAreSpreadAndLeaveTheWatchesAlone() {
		this.random = new Random(1)::nextDouble;
		List<Subscription> fleet = fleet();
		this.scheduler.advance(RefreshSchedule.FRESH);
		List<Integer> reads = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			fleet.forEach(Subscription::refresh);
			int before = this.reads.size();
			this.scheduler.advance(RefreshSchedule.SPREAD.dividedBy(20));
			reads.add(this.reads.size() - before);
		}
		assertThat(this.reads).as("one each").hasSize(60).doesNotHaveDuplicates();
		assertThat(reads).as("reads in each tenth of a second").allMatch((count) -> count <= 10);
		assertThat(this.attempts.values()).allMatch((attempts) -> attempts.count() == 1);
		assertThat(this.attempts.values()).allMatch((attempts) -> attempts.last().ends() == 0);
	}

	private List<Subscription> fleet() {
		List<Subscription> fleet = new ArrayList<>();
		for (int i = 0; i < 60; i++) {
			fleet.add(subscribe("svc" + i, new RecordingListener()));
			serve("svc" + i, ONE);
		}
		return fleet;
	}

	@Test
	void watchThatIsHeardBeforeTheSpreadReadIsDueIsNotRead() {
		Subscription subscription = subscribe("svc", new RecordingListener());
		serve("svc", ONE);
		this.scheduler.advance(RefreshSchedule.FRESH);
		subscription.refresh();
		this.loop.execute(this.sinks.get("svc")::heard);
		this.scheduler.advance(Duration.ofSeconds(10));
		assertThat(this.reads).isEmpty();
	}

	@Test
	void readsThatFailAreNotRepeatedFasterThanTheInterval() {
		RecordingListener listener = new RecordingListener();
		Subscription subscription = subscribe("svc", listener);
		serve("svc", ONE);
		this.scheduler.advance(RefreshSchedule.FRESH);
		for (int i = 0; i < 1000; i++) {
			subscription.refresh();
			this.scheduler.advance(Duration.ofMillis(20));
			this.loop.execute(() -> this.sinks.get("svc").refreshFailed(new RegistryException("busy", null)));
		}
		// 20 seconds, one each five
		assertThat(this.reads).hasSizeBetween(2, 4);
		assertThat(this.attempts.get("svc").count()).isEqualTo(1);
		assertThat(listener.lists()).hasSize(1);
		assertThat(this.log.warnings()).isEmpty();
		assertThat(status().connected()).isTrue();
	}

	@Test
	void refreshedListIsHandedOver() {
		RecordingListener listener = new RecordingListener();
		Subscription subscription = subscribe("svc", listener);
		serve("svc", ONE);
		this.scheduler.advance(RefreshSchedule.FRESH);
		subscription.refresh();
		this.scheduler.advance(RefreshSchedule.SPREAD);
		refreshed("svc", ONE, TWO);
		assertThat(listener.last()).containsExactly(ONE, TWO);
		this.scheduler.advance(RefreshSchedule.FRESH.minusSeconds(1));
		subscription.refresh();
		this.scheduler.advance(RefreshSchedule.SPREAD);
		assertThat(this.reads).as("a read is heard too").hasSize(1);
	}

	@Test
	void refreshDoesNotCutABackOffShort() {
		Subscription subscription = subscribe("svc", new RecordingListener());
		serve("svc", ONE);
		this.scheduler.advance(RefreshSchedule.FRESH);
		subscription.refresh();
		fail("svc", "gone");
		fail("svc", "gone");
		int before = this.attempts.get("svc").count();
		subscription.refresh();
		this.scheduler.runDue();
		assertThat(this.attempts.get("svc").count()).isEqualTo(before);
		this.scheduler.advance(Duration.ofSeconds(30));
		assertThat(this.reads).isEmpty();
	}

	@Test
	void closedSubscriptionRefreshesNothingAndHearsNothing() {
		RecordingListener listener = new RecordingListener();
		Subscription subscription = subscribe("svc", listener);
		watch("svc");
		serve("svc", ONE);
		subscription.close();
		subscription.refresh();
		this.scheduler.advance(Duration.ofSeconds(1));
		serve("svc", ONE, TWO);
		assertThat(listener.lists()).hasSize(1);
		assertThat(this.attempts.get("svc").count()).isEqualTo(1);
	}

	@Test
	void listenerThatThrowsStaysSubscribedAndHarmsNoOther() {
		AtomicInteger calls = new AtomicInteger();
		InstancesListener broken = (instances) -> {
			calls.incrementAndGet();
			throw new IllegalStateException("on purpose");
		};
		try (CapturedLog errors = new CapturedLog(WatchSubscription.class)) {
			subscribe("svc", broken);
			RecordingListener other = watch("svc");
			serve("svc", ONE);
			this.scheduler.advance(Duration.ofSeconds(1));
			serve("svc", ONE, TWO);
			assertThat(calls).hasValue(2);
			assertThat(other.lists()).hasSize(2);
			this.services.watch("svc", broken);
			assertThat(calls).hasValue(3);
			assertThat(errors.errors()).hasSize(3);
		}
	}

	@Test
	void listenerMayCloseItselfAndOthers() {
		List<Subscription> subscriptions = new ArrayList<>();
		AtomicInteger calls = new AtomicInteger();
		for (int i = 0; i < 3; i++) {
			subscriptions.add(subscribe("svc", (instances) -> {
				calls.incrementAndGet();
				subscriptions.forEach(Subscription::close);
			}));
		}
		serve("svc", ONE);
		assertThat(calls).hasValue(1);
		assertThat(status().subscriptions()).isZero();
	}

	@Test
	void logsTransitionsAndNotAttempts() {
		watch("svc");
		serve("svc", ONE);
		assertThat(this.log.infos()).containsExactly("Service 'svc' has 1 instance in fake");
		for (int i = 0; i < 20; i++) {
			fail("svc", "gone");
			this.scheduler.advance(Duration.ofSeconds(3));
		}
		assertThat(this.log.warnings()).containsExactly(
				"Lost contact with fake while watching service 'svc'. Known instances stay in use. Retrying: gone");
		serve("svc", ONE);
		assertThat(this.log.infos()).hasSize(2)
			.last()
			.asString()
			.startsWith("Watching service 'svc' in fake again, after 1m");
		assertThat(this.log.warnings()).hasSize(1);
		assertThat(status().reconnects()).isEqualTo(1);
		assertThat(this.observed.stream().filter("lost svc WATCH"::equals)).hasSize(1);
	}

	@Test
	void contactThatComesAndGoesIsToldOfOnceAMinute() {
		watch("svc");
		for (int i = 0; i < 20; i++) {
			serve("svc", ONE);
			fail("svc", "gone");
			this.scheduler.advance(Duration.ofSeconds(6));
		}
		assertThat(this.log.warnings()).hasSize(2);
		assertThat(this.log.infos()).hasSize(3);
		// it goes on, and its beginning was not told
		fail("svc", "gone for good");
		this.scheduler.advance(Duration.ofMinutes(1));
		assertThat(this.log.warnings()).hasSize(3).last().asString().endsWith("Retrying: gone for good");
	}

	@Test
	void registryThatIsAwayIsToldOfOnceForAllServices() {
		List<String> names = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			names.add("svc" + i);
			watch("svc" + i);
			serve("svc" + i, ONE);
		}
		int infos = this.log.infos().size();
		for (int i = 0; i < 60; i++) {
			names.forEach((name) -> fail(name, "refused"));
			this.scheduler.advance(Duration.ofSeconds(6));
		}
		assertThat(this.log.warnings()).containsExactly(
				"Lost contact with fake while watching 10 services (svc0, svc1, svc2, svc3, svc4 and 5 more). Known instances stay in use. Retrying: refused");
		for (String name : names) {
			serve(name, ONE);
			this.scheduler.advance(Duration.ofMillis(500));
		}
		assertThat(this.log.infos()).hasSize(infos + 1)
			.last()
			.asString()
			.startsWith("Watching 10 services (svc0, svc1, svc2, svc3, svc4 and 5 more) in fake again, after 364s");
	}

	@Test
	void serviceThatIsLostLaterIsToldOfOnce() {
		watch("one");
		watch("two");
		serve("one", ONE);
		serve("two", ONE);
		fail("one", "refused");
		this.scheduler.advance(Duration.ofSeconds(10));
		for (int i = 0; i < 20; i++) {
			fail("two", "refused too");
			this.scheduler.advance(Duration.ofSeconds(6));
		}
		assertThat(this.log.warnings()).hasSize(2).last().asString().contains("while watching service 'two'");
	}

	@Test
	void reasonThatSomebodyHasToActOnIsToldDuringAnOutage() {
		watch("svc");
		serve("svc", ONE);
		fail("svc", "refused");
		this.scheduler.advance(Duration.ofSeconds(6));
		this.attempts.get("svc").last().context().failed(new RegistryAccessException("permission denied", null));
		this.scheduler.advance(Duration.ofMinutes(2));
		assertThat(this.log.warnings()).hasSize(2).last().asString().endsWith("permission denied");
	}

	@Test
	void contactThatIsBackWithinASecondIsNotToldOf() {
		watch("svc");
		serve("svc", ONE);
		fail("svc", "gone");
		this.scheduler.advance(Duration.ofMillis(500));
		serve("svc", ONE);
		this.scheduler.advance(Duration.ofMinutes(2));
		assertThat(this.log.warnings()).isEmpty();
		assertThat(this.log.infos()).hasSize(1);
	}

	@Test
	void emptyListsAreLoggedWhenTheyBeginAndEnd() {
		watch("svc");
		for (int i = 0; i < 3; i++) {
			serve("svc");
			this.scheduler.advance(Duration.ofSeconds(1));
			serve("svc", ONE);
			this.scheduler.advance(Duration.ofSeconds(1));
			serve("svc", TWO);
			this.scheduler.advance(Duration.ofSeconds(1));
		}
		assertThat(this.log.infos()).hasSize(6).startsWith("Service 'svc' has no instances in fake");
	}

	@Test
	void skippedEntryIsToldOnceAndMadePrintable() {
		watch("svc");
		try (CapturedLog skips = new CapturedLog(SkippedEntries.class)) {
			for (int i = 0; i < 3; i++) {
				skip("svc/a\r\nERROR forged@7", "odd\u202E");
			}
			skip("svc/b@8", "odd");
			assertThat(skips.warnings()).containsExactly(
					"Skipped an entry of service 'svc' in fake: svc/a\\u000D\\u000AERROR forged@7: odd\\u202E",
					"Skipped an entry of service 'svc' in fake: svc/b@8: odd");
		}
		assertThat(this.observed.stream().filter("skipped svc"::equals)).hasSize(2);
	}

	@Test
	void entryThatIsWrittenAgainAndAgainIsToldOnceAMinuteAndCounted() {
		watch("svc");
		try (CapturedLog skips = new CapturedLog(SkippedEntries.class)) {
			for (int i = 0; i < 500; i++) {
				skip("svc/a@" + i, "odd");
				this.scheduler.advance(Duration.ofMillis(200));
			}
			assertThat(skips.warnings()).hasSize(2);
		}
		assertThat(this.observed.stream().filter("skipped svc"::equals)).hasSize(500);
	}

	@Test
	void tooManySkippedEntriesAreCountedAndNotNamed() {
		watch("svc");
		try (CapturedLog skips = new CapturedLog(SkippedEntries.class)) {
			for (int round = 0; round < 3; round++) {
				for (int i = 0; i < SkippedEntries.MAX + 5; i++) {
					this.sinks.get("svc").skipped("svc/" + i + "@1", "odd");
				}
			}
			assertThat(skips.warnings()).hasSize(SkippedEntries.MAX + 1)
				.last()
				.isEqualTo(
						"Skipped more than 10000 entries of service 'svc' in fake; further ones are counted and not named");
		}
	}

	@Test
	void skippedEntriesAreShownTheLastFirstAndBounded() {
		watch("svc");
		for (int i = 0; i < 2 * SkippedEntries.MAX_SHOWN; i++) {
			skip("svc/" + i + "@1", "odd\n" + "x".repeat(1000));
		}
		skip("svc/150@2", "odder");
		List<SkippedEntry> skipped = this.services.watches().get(0).skipped();
		assertThat(skipped).hasSize(SkippedEntries.MAX_SHOWN)
			.startsWith(new SkippedEntry("svc/150", "odder", 2, NOW))
			.satisfies((entries) -> assertThat(entries.get(1).key()).isEqualTo("svc/199"))
			.allSatisfy((entry) -> assertThat(entry.reason()).hasSizeLessThan(210).doesNotContain("\n"));
	}

	private void skip(String key, String reason) {
		this.loop.execute(() -> this.sinks.get("svc").skipped(key, reason));
		this.scheduler.runDue();
	}

	@Test
	void whatADeadAttemptStillReportsIsDropped() {
		RecordingListener listener = watch("svc");
		FakeAttempts.FakeAttempt dead = this.attempts.get("svc").last();
		InstancesSink sink = this.sinks.get("svc");
		fail("svc", "gone");
		this.scheduler.advance(Duration.ofSeconds(1));
		dead.context().execute(() -> sink.changed(() -> Listing.of(List.of(ONE))));
		dead.active();
		this.scheduler.runDue();
		assertThat(listener.lists()).isEmpty();
		assertThat(status().connected()).isFalse();
	}

	@Test
	void closeEndsEveryWatchAndNobodyHearsAnything() {
		RecordingListener listener = watch("svc");
		Subscription other = subscribe("other", new RecordingListener());
		serve("svc", ONE);
		this.services.close();
		this.services.close();
		this.scheduler.runDue();
		assertThat(this.attempts.get("svc").last().ends()).isEqualTo(1);
		assertThat(this.attempts.get("other").last().ends()).isEqualTo(1);
		other.refresh();
		other.close();
		RecordingListener late = watch("svc");
		this.scheduler.advance(Duration.ofMinutes(2));
		assertThat(listener.lists()).hasSize(1);
		assertThat(late.lists()).isEmpty();
		assertThat(late.unavailable()).isEmpty();
		assertThat(this.services.watches()).isEmpty();
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	@Test
	void statusTellsOperatorsWhatIsKnown() {
		watch("svc");
		WatchStatus nothingKnown = WatchStatus.builder("fake", "svc").subscriptions(1).build();
		assertThat(status()).isEqualTo(nothingKnown);
		serve("svc", ONE);
		WatchStatus served = nothingKnown.toBuilder().connected(true).instances(List.of(ONE)).updated(NOW).build();
		assertThat(status()).isEqualTo(served);
		fail("svc", "gone");
		assertThat(status())
			.isEqualTo(served.toBuilder().connected(false).staleSince(NOW).reconnects(1).lastError("gone").build());
		assertThat(this.services.registry()).isEqualTo("fake");
		assertThat(this.services.description()).isEqualTo("fake (http://127.0.0.1:1)");
		assertThat(this.services).hasToString("WatchedServices[fake (http://127.0.0.1:1), [svc]]");
	}

	@Test
	void observerSeesEachListThatIsHandedOver() {
		watch("svc");
		serve("svc", ONE, TWO);
		this.scheduler.advance(Duration.ofSeconds(1));
		serve("svc");
		assertThat(this.observed).containsExactly("changed svc 2", "held svc 2", "held svc 0", "changed svc 0");
	}

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

	@Test
	void refusesNamesThatAreNone() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.services.watch("no\nname", new RecordingListener()))
			.withMessageStartingWith("service: 'no\\u000Aname' (expected: ");
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	private void check(Collection<HostAndPort> addresses, Consumer<Set<HostAndPort>> answer) {
		answer.accept(addresses.stream().filter(this.absent::contains).collect(Collectors.toSet()));
	}

	private RecordingListener watch(String service) {
		RecordingListener listener = new RecordingListener();
		this.listeners.add(listener);
		subscribe(service, listener);
		return listener;
	}

	private Subscription subscribe(String service, InstancesListener listener) {
		Subscription subscription = this.services.watch(service, listener);
		this.scheduler.runDue();
		return subscription;
	}

	private void serve(String service, ServiceInstance... instances) {
		this.loop.execute(() -> this.sinks.get(service).changed(() -> Listing.of(List.of(instances))));
		this.attempts.get(service).last().active();
		this.scheduler.runDue();
	}

	private void changed(String service, ServiceInstance... instances) {
		this.loop.execute(() -> this.sinks.get(service).changed(() -> Listing.of(List.of(instances))));
		this.scheduler.runDue();
	}

	private void refreshed(String service, ServiceInstance... instances) {
		this.loop.execute(() -> this.sinks.get(service).refreshed(() -> Listing.of(List.of(instances))));
		this.scheduler.runDue();
	}

	private void fail(String service, String message) {
		this.attempts.get(service).last().failed(message);
		this.scheduler.runDue();
	}

	private WatchStatus status() {
		this.scheduler.runDue();
		return this.services.watches()
			.stream()
			.filter((status) -> status.service().equals("svc"))
			.findFirst()
			.orElseThrow();
	}

	private final class Observer implements DiscoveryObserver {

		@Override
		public void instancesChanged(String registry, String service, int instances) {
			WatchedServicesTests.this.observed.add("changed " + service + " " + instances);
		}

		@Override
		public void instancesRetained(String registry, String service, int retained) {
			WatchedServicesTests.this.observed.add("held " + service + " " + retained);
		}

		@Override
		public void freshnessChanged(String registry, String service, Instant staleSince) {
			WatchedServicesTests.this.observed.add("stale " + service + " " + staleSince);
		}

		@Override
		public void watchEnded(String registry, String service) {
			WatchedServicesTests.this.observed.add("ended " + service);
		}

		@Override
		public void contactLost(String registry, String service, Purpose purpose) {
			WatchedServicesTests.this.observed.add("lost " + service + " " + purpose);
		}

		@Override
		public void entrySkipped(String registry, String service) {
			WatchedServicesTests.this.observed.add("skipped " + service);
		}

	}

}
