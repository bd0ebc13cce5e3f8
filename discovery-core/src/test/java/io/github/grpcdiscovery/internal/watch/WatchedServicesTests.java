package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.internal.reconnect.FakeAttempts;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.Listing;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class WatchedServicesTests extends WatchedServicesFixture {

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
	void refusesNamesThatAreNone() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.services.watch("no\nname", new RecordingListener()))
			.withMessageStartingWith("service: 'no\\u000Aname' (expected: ");
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

}
