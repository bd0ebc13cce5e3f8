package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.reconnect.Backoff;
import io.github.grpcdiscovery.reconnect.EventLoop;
import io.github.grpcdiscovery.reconnect.ReconnectLoop;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdRegistrationTests {

	private static final Duration TTL = Duration.ofSeconds(15);

	private static final EtcdLease LEASE = new EtcdLease(7, TTL);

	private static final String KEY = "orders/10.0.0.1:9090";

	private static final ServiceInstance INSTANCE = ServiceInstance.of("orders", "10.0.0.1", 9090);

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final FakeEtcd etcd = new FakeEtcd();

	private final EtcdRegistrationProtocol protocol = new EtcdRegistrationProtocol(this.etcd, this.loop,
			new EtcdKeys(""), INSTANCE, TTL);

	private final List<String> events = new ArrayList<>();

	private final List<RegistryException> lost = new ArrayList<>();

	private ReconnectLoop connection;

	@BeforeEach
	void begin() {
		this.connection = new ReconnectLoop("test", this.loop, Backoff.DEFAULT, this.protocol::attempt,
				new ReconnectLoop.Listener() {

					@Override
					public void onActive() {
						EtcdRegistrationTests.this.events.add("active");
					}

					@Override
					public void onLost(RegistryException cause) {
						EtcdRegistrationTests.this.events.add("lost");
						EtcdRegistrationTests.this.lost.add(cause);
					}

				});
		this.loop.execute(this.connection::start);
		this.scheduler.runDue();
	}

	@Test
	void grantsPutsAndRenews() {
		register();
		assertThat(this.etcd.calls).containsExactly("get " + KEY, "grant 15", "put " + KEY + "@0 lease 7");
		assertThat(this.events).containsExactly("active");
		assertThat(this.etcd.keepAlive().lease).isEqualTo(7);
	}

	@Test
	void staysAsLongAsItIsRenewed() {
		register();
		for (int i = 0; i < 20; i++) {
			advance(Duration.ofSeconds(5));
			renewed();
			auditIsFine();
		}
		assertThat(this.events).containsExactly("active");
		assertThat(this.etcd.calls.stream().filter((call) -> call.startsWith("put") || call.startsWith("grant")))
			.hasSize(2);
	}

	@Test
	void startsRenewingAnewWhenRenewalsAreLate() {
		register();
		FakeEtcd.FakeKeepAlive first = this.etcd.keepAlive();
		advance(Duration.ofMillis(7001));
		assertThat(first.closed).isTrue();
		assertThat(this.etcd.keepAlives).hasSize(2);
		answer("timeToLive 7", Duration.ofSeconds(8));
		renewed();
		advance(Duration.ofSeconds(4));
		assertThat(this.events).containsExactly("active");
		assertThat(this.etcd.calls).doesNotContain("reconnect");
	}

	@Test
	void isLostWhenNothingIsRenewedForTwoThirdsOfTheTtl() {
		register();
		advance(Duration.ofMillis(9999));
		assertThat(this.events).containsExactly("active");
		advance(Duration.ofMillis(2));
		assertThat(this.events).containsExactly("active", "lost");
		assertThat(this.lost.get(0)).hasMessage("etcd (fake): lease 7 was not renewed for 10000 ms of its 15 s");
		assertThat(this.etcd.keepAlive().closed).isTrue();
	}

	@Test
	void makesANewConnectionWhenEtcdAnswersButDoesNotRenew() {
		register();
		advance(Duration.ofMillis(7001));
		answer("timeToLive 7", Duration.ofSeconds(8));
		advance(Duration.ofSeconds(3));
		assertThat(this.etcd.calls).contains("reconnect");
	}

	@Test
	void leaseThatSomebodyElseRenewedForUsIsRenewed() {
		register();
		advance(Duration.ofMillis(7001));
		answer("timeToLive 7", Duration.ofSeconds(13));
		advance(Duration.ofSeconds(4));
		assertThat(this.events).containsExactly("active");
		advance(Duration.ofSeconds(3));
		assertThat(this.events).as("silent since").containsExactly("active");
		advance(Duration.ofSeconds(2));
		assertThat(this.events).containsExactly("active", "lost");
	}

	@Test
	void triesTheSameLeaseFirstAndWritesNothingIfTheKeyIsThere() {
		register();
		loseContact();
		answer("timeToLive 7", Duration.ofSeconds(5));
		answer("get " + KEY, ours(7));
		assertThat(this.events).containsExactly("active", "lost", "active");
		assertThat(this.etcd.calls.stream().filter((call) -> call.startsWith("put"))).hasSize(1);
		assertThat(this.etcd.calls.stream().filter((call) -> call.startsWith("grant"))).hasSize(1);
	}

	@Test
	void grantsAnotherLeaseOnlyWhenTheFirstIsKnownToBeGone() {
		register();
		loseContact();
		fail("timeToLive 7", new RegistryException("away", null));
		advance(Duration.ofSeconds(5));
		fail("timeToLive 7", gone());
		answer("get " + KEY, Optional.empty());
		answer("grant 15", new EtcdLease(8, TTL));
		answer("put " + KEY + "@0 lease 8", true);
		assertThat(this.events).endsWith("active");
	}

	@Test
	void registersAgainWhenTheLeaseIsRevoked() {
		register();
		this.etcd.keepAlive().listener.onGone(gone());
		advance(Duration.ofMillis(200));
		answer("get " + KEY, Optional.empty());
		answer("grant 15", new EtcdLease(8, TTL));
		answer("put " + KEY + "@0 lease 8", true);
		assertThat(this.events).containsExactly("active", "lost", "active");
	}

	@Test
	void goesOnWhenJetcdGivesUpByTheWallClock() {
		register();
		this.etcd.keepAlive().listener.onStopped();
		advance(Duration.ofMillis(501));
		assertThat(this.etcd.keepAlives).hasSize(2);
		renewed();
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void putsADeletedKeyBackUnderTheSameLease() {
		register();
		renewEvery(Duration.ofSeconds(4), 3);
		answer("get " + KEY, Optional.empty());
		assertThat(this.lost.get(0)).hasMessageContaining(KEY).hasMessageContaining("deleted by somebody else");
		advance(Duration.ofMillis(200));
		answer("timeToLive 7", Duration.ofSeconds(14));
		answer("get " + KEY, Optional.empty());
		answer("put " + KEY + "@0 lease 7", true);
		assertThat(this.events).containsExactly("active", "lost", "active");
	}

	@Test
	void lookAtTheKeyWithoutAnAnswerDoesNotEndTheRenewals() {
		register();
		renewEvery(Duration.ofSeconds(4), 3);
		fail("get " + KEY, new RegistryException("etcd is slow", null));
		assertThat(this.etcd.keepAlive().closed).isFalse();
		renewEvery(Duration.ofSeconds(4), 3);
		auditIsFine();
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void putsAnOverwrittenKeyBackOnceAndThenGivesWay() {
		register();
		renewEvery(Duration.ofSeconds(4), 3);
		answer("get " + KEY, foreign("10.0.0.1:9090", 20));
		advance(Duration.ofMillis(200));
		answer("timeToLive 7", Duration.ofSeconds(14));
		answer("get " + KEY, foreign("10.0.0.1:9090", 20));
		answer("put " + KEY + "@20 lease 7", true);
		renewEvery(Duration.ofSeconds(4), 3);
		answer("get " + KEY, foreign("10.0.0.1:9090", 22));
		advance(Duration.ofMillis(400));
		answer("timeToLive 7", Duration.ofSeconds(14));
		answer("get " + KEY, foreign("10.0.0.1:9090", 22));
		assertThat(this.lost).last().isInstanceOf(RegistrationConflictException.class);
	}

	@Test
	void takesOverWhatADeadPredecessorLeftOnTheSameAddress() {
		answer("get " + KEY, foreign("10.0.0.1:9090", 42));
		answer("grant 15", LEASE);
		answer("put " + KEY + "@42 lease 7", true);
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void anotherAddressUnderTheSameKeyIsAConflictThatLeavesNothingBehind() {
		answer("get " + KEY, foreign("10.0.0.2:9090", 42));
		assertThat(this.lost).singleElement()
			.isInstanceOf(RegistrationConflictException.class)
			.asString()
			.contains("10.0.0.2:9090", "10.0.0.1:9090");
		assertThat(this.etcd.calls).containsExactly("get " + KEY);
	}

	@Test
	void aChangeBetweenReadAndPutIsLookedAtAgain() {
		answer("get " + KEY, Optional.empty());
		answer("grant 15", LEASE);
		answer("put " + KEY + "@0 lease 7", false);
		advance(Duration.ofMillis(200));
		answer("timeToLive 7", Duration.ofSeconds(14));
		answer("get " + KEY, foreign("10.0.0.2:9090", 50));
		assertThat(this.lost).last().isInstanceOf(RegistrationConflictException.class);
	}

	@Test
	void afterAPutWithoutAnAnswerTheKeyIsReadAndNotPutAgain() {
		answer("get " + KEY, Optional.empty());
		answer("grant 15", LEASE);
		fail("put " + KEY + "@0 lease 7", new RegistryException("no answer", null));
		advance(Duration.ofMillis(200));
		answer("timeToLive 7", Duration.ofSeconds(14));
		answer("get " + KEY, ours(7));
		assertThat(this.events).containsExactly("lost", "active");
	}

	@Test
	void aLeaseThatComesAfterTheAttemptIsUsedByTheNext() {
		answer("get " + KEY, Optional.empty());
		this.loop.execute(this.connection::close);
		this.scheduler.runDue();
		answer("grant 15", LEASE);
		assertThat(this.protocol.lease()).isEqualTo(LEASE);
	}

	@Test
	void deregisteringWaitsForALeaseOnItsWayAndRevokesIt() {
		answer("get " + KEY, Optional.empty());
		CompletableFuture<?> left = deregister();
		assertThat(left).isNotDone();
		answer("grant 15", LEASE);
		answer("revoke 7", "done");
		assertThat(left).isCompleted();
		assertThat(this.etcd.calls).noneMatch((call) -> call.startsWith("put"));
	}

	@Test
	void deregisteringRevokesAtOnceWhileAPutIsOnItsWay() {
		answer("get " + KEY, Optional.empty());
		answer("grant 15", LEASE);
		CompletableFuture<?> left = deregister();
		assertThat(this.etcd.calls).endsWith("put " + KEY + "@0 lease 7", "revoke 7");
		fail("put " + KEY + "@0 lease 7", gone());
		answer("revoke 7", "done");
		assertThat(left).isCompleted();
		assertThat(this.events).isEmpty();
	}

	@Test
	void deregisteringWithoutALeaseIsDoneAtOnce() {
		assertThat(deregister()).isCompleted();
		assertThat(this.etcd.calls).containsExactly("get " + KEY);
	}

	@Test
	void aLeaseThatIsGoneIsRevokedWellEnough() {
		register();
		CompletableFuture<?> left = deregister();
		fail("revoke 7", gone());
		assertThat(left).isCompleted();
		assertThat(this.etcd.keepAlive().closed).isTrue();
	}

	@Test
	void revokingIsTriedTwice() {
		register();
		CompletableFuture<?> left = deregister();
		fail("revoke 7", new RegistryException("away", null));
		advance(Duration.ofMillis(200));
		fail("revoke 7", new RegistryException("still away", null));
		assertThat(left).isCompletedExceptionally();
	}

	@Test
	void aFullStoreIsNotFloodedWithGrants() {
		for (int i = 0; i < 10; i++) {
			answer("get " + KEY, Optional.empty());
			fail("grant 15", new RegistryException("database space exceeded", null));
			advance(Duration.ofSeconds(5));
		}
		assertThat(this.etcd.calls.stream().filter((call) -> call.startsWith("grant"))).hasSize(10);
	}

	private void register() {
		answer("get " + KEY, Optional.empty());
		answer("grant 15", LEASE);
		answer("put " + KEY + "@0 lease 7", true);
	}

	private void loseContact() {
		advance(Duration.ofMillis(7001));
		fail("timeToLive 7", new RegistryException("away", null));
		advance(Duration.ofMillis(3200));
		assertThat(this.events).endsWith("lost");
	}

	private void renewEvery(Duration interval, int times) {
		for (int i = 0; i < times; i++) {
			advance(interval);
			renewed();
		}
	}

	private void auditIsFine() {
		if (!this.etcd.pending.isEmpty()) {
			answer("get " + KEY, ours(7));
		}
	}

	private void renewed() {
		this.etcd.keepAlive().listener.onRenewed();
		this.scheduler.runDue();
	}

	private CompletableFuture<?> deregister() {
		CompletableFuture<Object> left = new CompletableFuture<>();
		this.loop.execute(() -> {
			this.connection.close();
			this.protocol.deregister().whenComplete((done, error) -> {
				if (error == null) {
					left.complete("left");
				}
				else {
					left.completeExceptionally(error);
				}
			});
		});
		this.scheduler.runDue();
		return left;
	}

	private Optional<EtcdRecord> ours(long lease) {
		return Optional.of(new EtcdRecord(KEY, this.protocol.value(), 10, lease));
	}

	private Optional<EtcdRecord> foreign(String address, long revision) {
		String value = "{\"Op\":0,\"Addr\":\"%s\",\"Metadata\":null}".formatted(address);
		return Optional.of(new EtcdRecord(KEY, JetcdClient.bytes(value), revision, 99));
	}

	private static LeaseGoneException gone() {
		return new LeaseGoneException("lease is gone", null);
	}

	private <T> void answer(String call, T value) {
		this.etcd.answer(call, value);
		this.scheduler.runDue();
	}

	private void fail(String call, RuntimeException error) {
		this.etcd.fail(call, error);
		this.scheduler.runDue();
	}

	private void advance(Duration time) {
		this.scheduler.advance(time);
	}

}
