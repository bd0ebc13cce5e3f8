package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistryException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Watches that are quiet: alive, unresponsive or behind a proxy.
 */
class EtcdWatchLivenessTests extends EtcdWatchFixture {

	@Test
	void watchOfAStoreInWhichNothingHappensGivesWayToOneThatCanBeAsked() {
		listed(10, put("a", 1, 10));
		created(10);
		FakeEtcd.FakeWatch first = this.etcd.watch();
		this.scheduler.advance(Duration.ofSeconds(17));
		assertThat(first.closed).isTrue();
		assertThat(this.etcd.watches).hasSize(2);
		assertThat(this.etcd.watch().revision).isEqualTo(10);
		created(10);
		int before = this.sink.changes;
		changed(10, put("a", 1, 10), deleted("b", 9), deleted("c", 10));
		assertThat(this.sink.ports()).containsExactly(1);
		assertThat(this.sink.changes).isEqualTo(before);
		for (int i = 0; i < 20; i++) {
			this.scheduler.advance(Duration.ofSeconds(12));
			changed(10);
			this.scheduler.advance(Duration.ofSeconds(5));
		}
		assertThat(this.etcd.watches).hasSize(2);
		changed(11, deleted("a", 11));
		assertThat(this.sink.ports()).isEmpty();
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void watchThatGivesWayTellsNothingTwice() {
		listed(10, put("a", 1, 5));
		created(10);
		FakeEtcd.FakeWatch first = this.etcd.watch();
		changed(11, put("b", 2, 11));
		changed(12, deleted("b", 12));
		this.scheduler.advance(Duration.ofSeconds(17));
		assertThat(this.etcd.watch().revision).isEqualTo(12);
		first.listener.onChanges(new EtcdChanges(false, 13, CLUSTER, List.of(deleted("a", 13))));
		first.listener.onEnd(new RegistryException("over", null));
		this.scheduler.runDue();
		assertThat(this.sink.ports()).as("the next watch tells it").containsExactly(1);
		created(13);
		changed(13, deleted("b", 12), deleted("a", 13));
		assertThat(this.sink.ports()).isEmpty();
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void watchThatIsNotConfirmedAfterOneGaveWayIsGivenUp() {
		listed(10);
		created(10);
		this.scheduler.advance(Duration.ofSeconds(17));
		assertThat(this.etcd.watches).hasSize(2);
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(this.lost.get(0)).hasMessageContaining("no confirmation");
	}

	@Test
	void watchThatIsNotConfirmedIsGivenUp() {
		listed(10);
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(this.lost.get(0)).hasMessageContaining("no confirmation within");
	}

	@Test
	void revisionOfASignOfLifeSaysNothing() {
		listed(10);
		created(10);
		changed(14);
		changed(12, put("a", 1, 12));
		changed(11);
		assertThat(this.sink.ports()).containsExactly(1);
		assertThat(this.events).containsExactly("active");
		changed(11, put("a", 2, 11));
		assertThat(this.lost.get(0)).hasMessageContaining("went back from revision 12 to 11");
	}

	@Test
	void silentWatchIsAskedForASignOfLife() {
		listed(10);
		created(10);
		this.scheduler.advance(Duration.ofSeconds(12));
		assertThat(this.etcd.watch().progressRequests).isEqualTo(1);
		changed(10);
		this.scheduler.advance(Duration.ofSeconds(6));
		assertThat(this.events).containsExactly("active");
		this.scheduler.advance(Duration.ofSeconds(12));
		assertThat(this.etcd.watch().progressRequests).isEqualTo(2);
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(this.lost.get(0)).hasMessageContaining("no response");
	}

	@Test
	void watchThatAnsweredOnceAndIsSilentIsGivenUp() {
		listed(10);
		created(10);
		this.scheduler.advance(Duration.ofSeconds(12));
		changed(10);
		this.scheduler.advance(Duration.ofSeconds(5));
		this.scheduler.advance(Duration.ofSeconds(17));
		assertThat(this.lost.get(0)).hasMessageContaining("no response");
		assertThat(this.etcd.pending).isEmpty();
	}

	@Test
	void watchThatNeverAnswersIsJudgedByTheNumberOfKeys() {
		listed(10, put("a", 1, 5));
		neverAnswers(10);
		assertThat(this.etcd.watch().progressRequests).isEqualTo(1);
		for (int i = 0; i < 20; i++) {
			counted(10, 1);
			this.scheduler.advance(Duration.ofSeconds(12));
		}
		assertThat(this.etcd.watch().progressRequests).as("asked no more").isEqualTo(1);
		assertThat(this.etcd.watches).hasSize(2);
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void watchThatNeverAnswersAndTellsOfNoChangeIsGivenUp() {
		listed(10, put("a", 1, 5));
		neverAnswers(10);
		counted(11, 0);
		listed(11);
		assertThat(this.sink.ports()).as("known at once").isEmpty();
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(this.lost.get(0)).hasMessageContaining("does not report a change within");
	}

	@Test
	void watchThatNeverAnswersAndTellsOfTheChangeIsKept() {
		listed(10, put("a", 1, 5));
		neverAnswers(10);
		counted(11, 0);
		changed(11, deleted("a", 11));
		listed(11);
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void watchThatNeverAnswersOnAConnectionThatDoesNotEitherIsGivenUp() {
		listed(10);
		neverAnswers(10);
		this.etcd.fail("count grpc/orders/", new RegistryException("deadline exceeded", null));
		this.scheduler.runDue();
		assertThat(this.lost.get(0)).hasMessage("deadline exceeded");
	}

	@Test
	void everyMessageAndEveryListingIsHeard() {
		listed(10);
		created(10);
		assertThat(this.sink.heard).isEqualTo(1);
		changed(10);
		assertThat(this.sink.heard).isEqualTo(2);
		refresh();
		assertThat(this.sink.heard).isEqualTo(2);
		listed(10);
		assertThat(this.sink.heard).isEqualTo(3);
	}

	// neither of the watches answers a request for progress
	private void neverAnswers(long revision) {
		created(revision);
		this.scheduler.advance(Duration.ofSeconds(17));
		created(revision);
		this.scheduler.advance(Duration.ofSeconds(17));
	}

}
