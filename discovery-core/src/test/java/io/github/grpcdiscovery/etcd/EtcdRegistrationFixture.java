package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.reconnect.FakeAttempts;
import io.github.grpcdiscovery.internal.reconnect.ReconnectLoop;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

/**
 * One registration in an etcd that a test answers for.
 */
abstract class EtcdRegistrationFixture {

	static final Duration TTL = Duration.ofSeconds(15);

	static final EtcdLease LEASE = new EtcdLease(7, TTL);

	static final String KEY = "orders/10.0.0.1:9090";

	private static final ServiceInstance INSTANCE = ServiceInstance.of("orders", "10.0.0.1", 9090);

	final FakeScheduler scheduler = new FakeScheduler();

	final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	final FakeEtcd etcd = new FakeEtcd();

	boolean listening = true;

	final EtcdRegistrationProtocol protocol = new EtcdRegistrationProtocol(this.etcd, this.loop, new EtcdKeys(""),
			INSTANCE, TTL, (addresses, absent) -> absent.accept(this.listening ? Set.of() : Set.copyOf(addresses)));

	final List<String> events = new ArrayList<>();

	final List<RegistryException> lost = new ArrayList<>();

	ReconnectLoop connection;

	@BeforeEach
	void begin() {
		this.connection = new ReconnectLoop("test", this.loop, Backoff.DEFAULT, this.protocol::attempt,
				new ReconnectLoop.Listener() {

					@Override
					public void onActive() {
						EtcdRegistrationFixture.this.events.add("active");
					}

					@Override
					public void onLost(RegistryException cause) {
						EtcdRegistrationFixture.this.events.add("lost");
						EtcdRegistrationFixture.this.lost.add(cause);
					}

				});
		this.loop.execute(this.connection::start);
		this.scheduler.runDue();
	}

	void register() {
		answer("get " + KEY, Optional.empty());
		answer("grant 15", LEASE);
		answer("put " + KEY + "@0 lease 7", true);
	}

	void stayUntilAudit() {
		for (int i = 0; i < 150; i++) {
			if (!this.etcd.pending.isEmpty()) {
				if (this.etcd.pending.get(0).name().equals("get " + KEY)) {
					return;
				}
				answer("renew 7", TTL);
			}
			advance(Duration.ofMillis(100));
		}
		throw new AssertionError("no look at the key within a TTL");
	}

	List<String> calls(String... kinds) {
		return this.etcd.calls.stream().filter((call) -> List.of(kinds).contains(call.split(" ")[0])).toList();
	}

	LeaseRenewal renewal(FakeEtcd etcd, EtcdLease lease) {
		FakeAttempts attempts = new FakeAttempts();
		ReconnectLoop connection = new ReconnectLoop("renewal", this.loop, Backoff.DEFAULT, attempts,
				new ReconnectLoop.Listener() {

					@Override
					public void onActive() {
						EtcdRegistrationFixture.this.events.add("active");
					}

					@Override
					public void onLost(RegistryException cause) {
						EtcdRegistrationFixture.this.events.add("lost");
					}

				});
		this.loop.execute(connection::start);
		this.scheduler.runDue();
		return new LeaseRenewal(attempts.last().context(), etcd, lease, this.loop.nanoTime(),
				new LeaseRenewal.Listener() {

					@Override
					public void onRenewed(long sentAt) {
						EtcdRegistrationFixture.this.events.add("renewed");
					}

					@Override
					public void onGone(LeaseGoneException cause) {
						throw cause;
					}

				});
	}

	Optional<EtcdRecord> ours(long lease) {
		return Optional.of(new EtcdRecord(KEY, this.protocol.value(), 10, lease));
	}

	static LeaseGoneException gone() {
		return new LeaseGoneException("lease is gone", null);
	}

	<T> void answerLast(String call, T value) {
		this.etcd.answerLast(call, value);
		this.scheduler.runDue();
	}

	<T> void answer(String call, T value) {
		this.etcd.answer(call, value);
		this.scheduler.runDue();
	}

	void fail(String call, RuntimeException error) {
		this.etcd.fail(call, error);
		this.scheduler.runDue();
	}

	void advance(Duration time) {
		this.scheduler.advance(time);
	}

}
