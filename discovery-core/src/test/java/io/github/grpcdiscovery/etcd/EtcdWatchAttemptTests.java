package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.reconnect.ReconnectLoop;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.Listing;
import io.github.grpcdiscovery.testsupport.FakeScheduler;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdWatchAttemptTests {

	private static final long CLUSTER = 1;

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final FakeEtcd etcd = new FakeEtcd();

	private final RecordingSink sink = new RecordingSink();

	private final List<String> events = new ArrayList<>();

	private final List<RegistryException> lost = new ArrayList<>();

	private EtcdWatchAttempt attempt;

	@BeforeEach
	void begin() {
		ReconnectLoop connection = new ReconnectLoop("test", this.loop, Backoff.DEFAULT, () -> {
			this.attempt = new EtcdWatchAttempt(this.etcd, new EtcdKeys("grpc/"), "orders", this.sink);
			return this.attempt;
		}, new ReconnectLoop.Listener() {

			@Override
			public void onActive() {
				EtcdWatchAttemptTests.this.events.add("active");
			}

			@Override
			public void onLost(RegistryException cause) {
				EtcdWatchAttemptTests.this.events.add("lost");
				EtcdWatchAttemptTests.this.lost.add(cause);
			}

		});
		this.loop.execute(connection::start);
		this.scheduler.runDue();
	}

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
	void proxyThatConfirmsAWatchItselfKnowsNeitherClusterNorRevision() {
		listed(10);
		this.etcd.watch().listener.onChanges(new EtcdChanges(true, 9, 0, List.of()));
		this.scheduler.runDue();
		assertThat(this.events).containsExactly("active");
	}

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

	private void refresh() {
		this.loop.execute(this.attempt::refresh);
		this.scheduler.runDue();
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

	// neither of the watches answers a request for progress
	private void neverAnswers(long revision) {
		created(revision);
		this.scheduler.advance(Duration.ofSeconds(17));
		created(revision);
		this.scheduler.advance(Duration.ofSeconds(17));
	}

	private void liveFor(Duration time, long revision) {
		for (long i = 0; i < time.toSeconds(); i++) {
			this.scheduler.advance(Duration.ofSeconds(1));
			changed(revision);
		}
	}

	private void listed(long revision, EtcdRecord... records) {
		this.etcd.answer("list grpc/orders/", new EtcdListing(revision, CLUSTER, List.of(records)));
		this.scheduler.runDue();
	}

	private void counted(long revision, int keys) {
		this.etcd.answer("count grpc/orders/", new EtcdCount(revision, CLUSTER, keys));
		this.scheduler.runDue();
	}

	private void created(long revision) {
		this.etcd.watch().listener.onChanges(new EtcdChanges(true, revision, CLUSTER, List.of()));
		this.scheduler.runDue();
	}

	private void changed(long revision, Object... changes) {
		List<EtcdChanges.Change> list = new ArrayList<>();
		for (Object change : changes) {
			list.add((change instanceof EtcdRecord record)
					? new EtcdChanges.Change(record.key(), record.value(), record.modRevision())
					: (EtcdChanges.Change) change);
		}
		this.etcd.watch().listener.onChanges(new EtcdChanges(false, revision, CLUSTER, list));
		this.scheduler.runDue();
	}

	private static EtcdRecord put(String id, int port, long revision) {
		return new EtcdRecord("grpc/orders/" + id, value(port), revision, 0);
	}

	private static io.etcd.jetcd.ByteSequence value(int port) {
		return JetcdClient.bytes("{\"Op\":0,\"Addr\":\"10.0.0.1:%d\",\"Metadata\":null}".formatted(port));
	}

	private static EtcdChanges.Change deleted(String id, long revision) {
		return new EtcdChanges.Change("grpc/orders/" + id, null, revision);
	}

	private static final class RecordingSink implements InstancesSink {

		private final List<String> skipped = new ArrayList<>();

		private @Nullable Supplier<Listing> last;

		private final List<RegistryException> refreshFailures = new ArrayList<>();

		private int changes;

		private int heard;

		private int refreshed;

		@Override
		public void changed(Supplier<Listing> listing) {
			this.last = listing;
			this.changes++;
		}

		@Override
		public void heard() {
			this.heard++;
		}

		@Override
		public void refreshed(Supplier<Listing> listing) {
			this.refreshed++;
			this.last = listing;
		}

		@Override
		public void refreshFailed(RegistryException cause) {
			this.refreshFailures.add(cause);
		}

		@Override
		public void mayHaveForgotten() {
			throw new AssertionError("what a list of etcd lacks is gone");
		}

		@Override
		public void skipped(String key, String reason) {
			this.skipped.add(key + ": " + reason);
		}

		List<Integer> ports() {
			return this.last.get().instances().stream().map(ServiceInstance::port).toList();
		}

	}

}
