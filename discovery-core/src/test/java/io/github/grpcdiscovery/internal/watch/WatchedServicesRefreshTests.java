package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads beside the watch, which channels whose connections fail ask for.
 */
class WatchedServicesRefreshTests extends WatchedServicesFixture {

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

}
