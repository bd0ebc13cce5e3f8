package io.github.grpcdiscovery.etcd;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistryException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The watch is compared with counts and listings from time to time.
 */
class EtcdWatchComparisonTests extends EtcdWatchFixture {

	@Test
	void comparesTheNumberOfKeysFromTimeToTime() {
		listed(10, put("a", 1, 5));
		created(10);
		for (int i = 0; i < 30; i++) {
			liveFor(Duration.ofSeconds(60), 10);
			counted(10, 1);
		}
		assertThat(this.etcd.pending).as("nothing changed, nothing listed").isEmpty();
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void listsWhereTheNumberOfKeysDiffersAndBesideTheWatch() {
		listed(10, put("a", 1, 5), put("b", 2, 6));
		created(10);
		liveFor(Duration.ofSeconds(60), 10);
		counted(28, 3);
		// while the listing is on its way, the watch tells of a deletion and of a put
		changed(30, put("c", 3, 29), deleted("a", 30));
		listed(28, put("a", 1, 5), put("lost-put", 4, 20));
		assertThat(this.lost).isEmpty();
		assertThat(this.sink.ports()).containsExactlyInAnyOrder(3, 4);
	}

	@Test
	void listsEachTenMinutesIfTheStoreHasChangedAtAll() {
		listed(10, put("a", 1, 5));
		created(10);
		for (int i = 0; i < 9; i++) {
			liveFor(Duration.ofSeconds(60), 10);
			counted(10 + i, 1);
		}
		assertThat(this.etcd.pending).isEmpty();
		liveFor(Duration.ofSeconds(60), 10);
		counted(20, 1);
		listed(20, put("a", 7, 12));
		assertThat(this.sink.ports()).as("an update that the watch has lost").containsExactly(7);
		assertThat(this.events).containsExactly("active");
		liveFor(Duration.ofSeconds(60), 10);
		counted(21, 1);
		assertThat(this.etcd.pending).isEmpty();
	}

	@Test
	void countThatFailsHarmsNothing() {
		listed(10);
		created(10);
		liveFor(Duration.ofSeconds(60), 10);
		this.etcd.fail("count grpc/orders/", new RegistryException("busy", null));
		liveFor(Duration.ofSeconds(60), 10);
		counted(10, 0);
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void refreshIsListedBesideTheWatch() {
		listed(10, put("a", 1, 5));
		created(10);
		refresh();
		changed(12, deleted("a", 12));
		listed(11, put("a", 1, 5), put("b", 2, 11));
		assertThat(this.sink.refreshed).isEqualTo(1);
		assertThat(this.sink.ports()).containsExactly(2);
		assertThat(this.etcd.watches).hasSize(1);
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void refreshDuringAListingIsListedAfterIt() {
		listed(10, put("a", 1, 5));
		created(10);
		liveFor(Duration.ofSeconds(60), 10);
		counted(10, 2);
		refresh();
		assertThat(this.etcd.pending).hasSize(1);
		listed(10, put("a", 1, 5));
		assertThat(this.sink.refreshed).isZero();
		listed(11, put("a", 1, 5));
		assertThat(this.sink.refreshed).isEqualTo(1);
		assertThat(this.etcd.pending).isEmpty();
	}

	@Test
	void listingThatFailsBesideTheWatchHarmsNothing() {
		listed(10, put("a", 1, 5));
		created(10);
		refresh();
		this.etcd.fail("list grpc/orders/", new RegistryException("too big", null));
		this.scheduler.runDue();
		assertThat(this.sink.refreshFailures).hasSize(1);
		liveFor(Duration.ofSeconds(60), 10);
		counted(10, 2);
		this.etcd.fail("list grpc/orders/", new RegistryException("too big", null));
		this.scheduler.runDue();
		changed(11, deleted("a", 11));
		assertThat(this.sink.ports()).isEmpty();
		assertThat(this.etcd.watches).hasSize(1);
		assertThat(this.events).containsExactly("active");
		liveFor(Duration.ofSeconds(60), 11);
		counted(11, 1);
		listed(11);
	}

	@Test
	void aListingFromAnEarlierTimeEndsTheAttempt() {
		listed(10);
		created(10);
		changed(50, put("a", 1, 50));
		refresh();
		listed(9);
		assertThat(this.lost.get(0)).hasMessageContaining("went back from revision 50 to 9");
	}

}
