package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.reconnect.ReconnectLoop;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.Listing;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

/**
 * One attempt to follow a service in an etcd that a test answers for.
 */
abstract class EtcdWatchFixture {

	static final long CLUSTER = 1;

	final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	final FakeEtcd etcd = new FakeEtcd();

	final RecordingSink sink = new RecordingSink();

	final List<String> events = new ArrayList<>();

	final List<RegistryException> lost = new ArrayList<>();

	private EtcdWatchAttempt attempt;

	@BeforeEach
	void begin() {
		ReconnectLoop connection = new ReconnectLoop("test", this.loop, Backoff.DEFAULT, () -> {
			this.attempt = new EtcdWatchAttempt(this.etcd, new EtcdKeys("grpc/"), "orders", this.sink);
			return this.attempt;
		}, new ReconnectLoop.Listener() {

			@Override
			public void onActive() {
				EtcdWatchFixture.this.events.add("active");
			}

			@Override
			public void onLost(RegistryException cause) {
				EtcdWatchFixture.this.events.add("lost");
				EtcdWatchFixture.this.lost.add(cause);
			}

		});
		this.loop.execute(connection::start);
		this.scheduler.runDue();
	}

	void refresh() {
		this.loop.execute(this.attempt::refresh);
		this.scheduler.runDue();
	}

	void liveFor(Duration time, long revision) {
		for (long i = 0; i < time.toSeconds(); i++) {
			this.scheduler.advance(Duration.ofSeconds(1));
			changed(revision);
		}
	}

	void listed(long revision, EtcdRecord... records) {
		this.etcd.answer("list grpc/orders/", new EtcdListing(revision, CLUSTER, List.of(records)));
		this.scheduler.runDue();
	}

	void counted(long revision, int keys) {
		this.etcd.answer("count grpc/orders/", new EtcdCount(revision, CLUSTER, keys));
		this.scheduler.runDue();
	}

	void created(long revision) {
		this.etcd.watch().listener.onChanges(new EtcdChanges(true, revision, CLUSTER, List.of()));
		this.scheduler.runDue();
	}

	void changed(long revision, Object... changes) {
		List<EtcdChanges.Change> list = new ArrayList<>();
		for (Object change : changes) {
			list.add((change instanceof EtcdRecord record)
					? new EtcdChanges.Change(record.key(), record.value(), record.modRevision())
					: (EtcdChanges.Change) change);
		}
		this.etcd.watch().listener.onChanges(new EtcdChanges(false, revision, CLUSTER, list));
		this.scheduler.runDue();
	}

	static EtcdRecord put(String id, int port, long revision) {
		return new EtcdRecord("grpc/orders/" + id, value(port), revision, 0);
	}

	static io.etcd.jetcd.ByteSequence value(int port) {
		return JetcdClient.bytes("{\"Op\":0,\"Addr\":\"10.0.0.1:%d\",\"Metadata\":null}".formatted(port));
	}

	static EtcdChanges.Change deleted(String id, long revision) {
		return new EtcdChanges.Change("grpc/orders/" + id, null, revision);
	}

	static final class RecordingSink implements InstancesSink {

		final List<String> skipped = new ArrayList<>();

		@Nullable Supplier<Listing> last;

		final List<RegistryException> refreshFailures = new ArrayList<>();

		int changes;

		int heard;

		int refreshed;

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
