package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdWatchAttemptTests extends EtcdWatchFixture {

	@Test
	void handsOverTheListAndWatchesFromTheNextRevision() {
		listed(10, put("a", 1, 5), put("b", 2, 9));
		assertThat(this.sink.ports()).containsExactlyInAnyOrder(1, 2);
		assertThat(this.etcd.watch().prefix).isEqualTo("grpc/orders/");
		assertThat(this.etcd.watch().revision).isEqualTo(11);
		assertThat(this.events).isEmpty();
		created(10);
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void followsPutsAndDeletions() {
		listed(10, put("a", 1, 5));
		created(10);
		changed(11, put("b", 2, 11));
		assertThat(this.sink.ports()).containsExactlyInAnyOrder(1, 2);
		changed(12, deleted("a", 12));
		assertThat(this.sink.ports()).containsExactly(2);
		changed(13, put("b", 3, 13));
		assertThat(this.sink.ports()).containsExactly(3);
	}

	@Test
	void oldNewsIsNoNews() {
		listed(10, put("a", 1, 9));
		created(10);
		int before = this.sink.changes;
		changed(11, put("a", 7, 8), deleted("a", 9), deleted("unknown", 11));
		assertThat(this.sink.ports()).containsExactly(1);
		assertThat(this.sink.changes).isEqualTo(before);
	}

	@Test
	void malformedValueIsLeftOutAndKeepsTheAddressBefore() {
		listed(10, put("a", 1, 5), new EtcdRecord("grpc/orders/b", JetcdClient.bytes("{bad"), 6, 0));
		created(10);
		assertThat(this.sink.ports()).containsExactly(1);
		assertThat(this.sink.skipped).hasSize(1).first().asString().startsWith("grpc/orders/b@6: ");
		changed(11, new EtcdRecord("grpc/orders/a", JetcdClient.bytes("null"), 11, 0));
		assertThat(this.sink.ports()).containsExactly(1);
		assertThat(this.sink.skipped).hasSize(2)
			.last()
			.asString()
			.startsWith("grpc/orders/a@11: ")
			.endsWith("its last address, 10.0.0.1:1, stays in use");
		changed(12, put("a", 4, 12));
		assertThat(this.sink.ports()).containsExactly(4);
		changed(13, deleted("a", 13));
		assertThat(this.sink.ports()).isEmpty();
	}

	@Test
	void valueThatIsTooBigToBeReadIsLeftOut() {
		this.etcd.answer("list grpc/orders/",
				new EtcdListing(10, CLUSTER, List.of(put("a", 1, 5)), Map.of("grpc/orders/big", 6L)));
		this.scheduler.runDue();
		created(10);
		assertThat(this.sink.ports()).containsExactly(1);
		assertThat(this.sink.skipped)
			.containsExactly("grpc/orders/big@6: too big to be read (expected: at most 16384 bytes)");
		liveFor(Duration.ofSeconds(60), 10);
		counted(10, 2);
		assertThat(this.etcd.pending).isEmpty();
	}

	@Test
	@Proves("I43")
	void keysThatAreNoInstancesAreLeftOut() {
		listed(10, new EtcdRecord("grpc/orders/", value(1), 5, 0), new EtcdRecord("grpc/orders/a/b", value(2), 6, 0),
				new EtcdRecord("grpc/orders/\uFFFD", value(3), 7, 0));
		assertThat(this.sink.ports()).isEmpty();
		assertThat(this.sink.skipped).hasSize(3);
	}

	@Test
	void anyEndOfTheWatchListsAgain() {
		listed(10);
		created(10);
		FakeEtcd.FakeWatch first = this.etcd.watch();
		first.listener.onEnd(new RegistryException("over", null));
		this.scheduler.advance(Duration.ofMillis(200));
		assertThat(first.closed).isTrue();
		listed(20, put("a", 1, 15));
		assertThat(this.etcd.watch().revision).isEqualTo(21);
		assertThat(this.sink.ports()).containsExactly(1);
	}

	@Test
	void confirmationFromBeforeTheListingMeansAnotherStore() {
		listed(10);
		created(9);
		assertThat(this.lost.get(0)).hasMessage("etcd (fake): 'grpc/orders/': etcd went back from revision 10 to 9");
		assertThat(this.events).containsExactly("lost");
	}

	@Test
	void anotherClusterIsNotTrusted() {
		listed(10);
		this.etcd.watch().listener.onChanges(new EtcdChanges(true, 10, 99, List.of()));
		this.scheduler.runDue();
		assertThat(this.lost.get(0)).hasMessageContaining("another cluster answers");
	}

	@Test
	void proxyThatConfirmsAWatchItselfKnowsNeitherClusterNorRevision() {
		listed(10);
		this.etcd.watch().listener.onChanges(new EtcdChanges(true, 9, 0, List.of()));
		this.scheduler.runDue();
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void tenThousandInstancesAreHandedOverQuickly() {
		EtcdRecord[] records = new EtcdRecord[10_000];
		for (int i = 0; i < records.length; i++) {
			records[i] = put("i" + i, 1 + i, 5);
		}
		listed(10, records);
		created(10);
		long fastest = Long.MAX_VALUE;
		for (int port = 60_000; port < 60_005; port++) {
			long start = System.nanoTime();
			changed(port, put("i5", port, port));
			assertThat(this.sink.ports()).hasSize(10_000).contains(port);
			fastest = Math.min(fastest, System.nanoTime() - start);
		}
		assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofSeconds(1));
	}

}
