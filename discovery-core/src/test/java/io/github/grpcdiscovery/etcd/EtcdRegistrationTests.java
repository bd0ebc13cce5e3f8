package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.reconnect.FakeAttempts;
import io.github.grpcdiscovery.internal.reconnect.ReconnectLoop;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.PredecessorException;
import io.github.grpcdiscovery.testsupport.FakeScheduler;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdRegistrationTests {

	private static final Duration TTL = Duration.ofSeconds(15);

	private static final EtcdLease LEASE = new EtcdLease(7, TTL);

	private static final String KEY = "orders/10.0.0.1:9090";

	private static final ServiceInstance INSTANCE = ServiceInstance.of("orders", "10.0.0.1", 9090);

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final FakeEtcd etcd = new FakeEtcd();

	private boolean listening = true;

	private final EtcdRegistrationProtocol protocol = new EtcdRegistrationProtocol(this.etcd, this.loop,
			new EtcdKeys(""), INSTANCE, TTL,
			(addresses, absent) -> absent.accept(this.listening ? Set.of() : Set.copyOf(addresses)));

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
		advance(Duration.ofMillis(4999));
		assertThat(this.etcd.calls).doesNotContain("renew 7");
		advance(Duration.ofMillis(1));
		assertThat(this.etcd.calls).endsWith("renew 7");
	}

	@Test
	void staysAsLongAsItIsRenewed() {
		register();
		stay(Duration.ofMinutes(2));
		assertThat(this.events).containsExactly("active");
		assertThat(calls("put", "grant")).hasSize(2);
		assertThat(calls("renew")).hasSize(24);
	}

	@Test
	void renewalWithoutAnAnswerIsSentOnceMoreAfterASixthOfTheTtl() {
		register();
		advance(Duration.ofMillis(7499));
		assertThat(calls("renew")).hasSize(1);
		advance(Duration.ofMillis(1));
		assertThat(calls("renew")).hasSize(2);
		answer("renew 7", TTL);
		assertThat(this.etcd.calls).doesNotContain("reconnect");
		// from when the first was sent, since it is not known which was answered when
		advance(Duration.ofMillis(2500));
		assertThat(calls("renew")).hasSize(3);
	}

	@Test
	@Proves("F66")
	void connectionOnWhichARenewalIsOverdueIsReplacedWhileAThirdOfTheTtlIsLeft() {
		register();
		advance(Duration.ofMillis(9999));
		assertThat(this.etcd.calls).doesNotContain("reconnect");
		advance(Duration.ofMillis(1));
		assertThat(this.etcd.calls).endsWith("reconnect", "renew 7");
		answerLast("renew 7", TTL);
		stay(Duration.ofSeconds(20));
		assertThat(this.events).containsExactly("active");
	}

	@Test
	@Proves("F66")
	void thatHoldsForEveryTtl() {
		for (Duration ttl : List.of(Duration.ofSeconds(3), Duration.ofSeconds(15), Duration.ofHours(1))) {
			FakeEtcd etcd = new FakeEtcd();
			LeaseRenewal renewal = renewal(etcd, new EtcdLease(1, ttl));
			this.loop.execute(renewal::renewLater);
			this.scheduler.runDue();
			advance(ttl.multipliedBy(2).dividedBy(3));
			assertThat(etcd.calls).as("ttl %s", ttl).endsWith("reconnect", "renew 1");
			assertThat(etcd.calls.stream().filter("reconnect"::equals)).hasSize(1);
			this.loop.execute(renewal::stop);
			this.scheduler.runDue();
		}
	}

	@Test
	void isLostWhenTheNewConnectionIsSilentToo() {
		register();
		advance(Duration.ofMillis(12_499));
		assertThat(this.events).containsExactly("active");
		advance(Duration.ofMillis(1));
		assertThat(this.events).containsExactly("active", "lost");
		assertThat(this.lost.get(0)).hasMessage("etcd (fake): lease 7 was not renewed for 12500 ms of its 15 s");
		assertThat(this.etcd.calls.stream().filter("reconnect"::equals)).hasSize(2);
		// and the same lease is renewed while it may still live
		advance(Duration.ofMillis(100));
		assertThat(this.etcd.calls).endsWith("renew 7");
	}

	@Test
	void errorIsFollowedByAnotherRenewalAndNotByANewConnection() {
		register();
		advance(Duration.ofSeconds(5));
		fail("renew 7", new RegistryException("no leader", null));
		advance(Duration.ofSeconds(1));
		answerLast("renew 7", TTL);
		stay(Duration.ofSeconds(20));
		assertThat(this.events).containsExactly("active");
		assertThat(this.etcd.calls).doesNotContain("reconnect");
	}

	@Test
	void lateErrorOfARenewalThatAnotherHasOvertakenChangesNothing() {
		register();
		advance(Duration.ofMillis(7500));
		answerLast("renew 7", TTL);
		fail("renew 7", gone());
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void leaseThatSomebodyElseRenewedForUsIsRenewed() {
		register();
		advance(Duration.ofMillis(7500));
		this.etcd.pending.remove(0);
		answer("timeToLive 7", Duration.ofSeconds(14));
		advance(Duration.ofSeconds(4));
		assertThat(this.events).containsExactly("active");
		assertThat(this.etcd.calls).doesNotContain("reconnect");
	}

	@Test
	void triesTheSameLeaseFirstAndWritesNothingIfTheKeyIsThere() {
		register();
		loseContact();
		answerLast("renew 7", TTL);
		answerLast("get " + KEY, ours(7));
		assertThat(this.events).containsExactly("active", "lost", "active");
		assertThat(calls("put")).hasSize(1);
		assertThat(calls("grant")).hasSize(1);
	}

	@Test
	@Proves("F63")
	void permissionThatGoesAndComesBackCostsNoRenewal() {
		register();
		stayUntilAudit();
		for (int i = 0; i < 6; i++) {
			fail("get " + KEY, denied());
			assertThat(this.events).endsWith("lost");
			// never longer than a third of the TTL, and the lease first
			advance(Duration.ofMillis(3750));
			answer("renew 7", TTL);
		}
		answer("get " + KEY, ours(7));
		assertThat(this.events).containsExactly("active", "lost", "lost", "lost", "lost", "lost", "lost", "active");
		assertThat(calls("put", "grant")).hasSize(2);
	}

	@Test
	@Proves("F63")
	void renewalThatIsRefusedIsTriedAgainBeforeTheLeaseEnds() {
		register();
		advance(Duration.ofSeconds(5));
		fail("renew 7", denied());
		advance(Duration.ofMillis(3750));
		fail("renew 7", denied());
		advance(Duration.ofMillis(3750));
		answer("renew 7", TTL);
		answer("get " + KEY, ours(7));
		assertThat(this.events).endsWith("active");
		assertThat(calls("put", "grant")).hasSize(2);
	}

	@Test
	void permissionThatWasNeverThereIsAskedForAtLongIntervals() {
		fail("get " + KEY, denied());
		advance(Duration.ofSeconds(44));
		assertThat(calls("get")).hasSize(1);
		advance(Duration.ofSeconds(1));
		assertThat(calls("get")).hasSize(2);
	}

	@Test
	void permissionThatIsGoneForGoodIsAskedForAtLongIntervals() {
		register();
		stayUntilAudit();
		fail("get " + KEY, denied());
		for (int i = 0; i < 90; i++) {
			advance(Duration.ofMillis(3750));
			if (!this.etcd.pending.isEmpty()) {
				fail("renew 7", denied());
			}
		}
		int before = calls("renew").size();
		advance(Duration.ofSeconds(30));
		assertThat(calls("renew").size() - before).isLessThanOrEqualTo(1);
	}

	@Test
	void grantsAnotherLeaseOnlyWhenTheFirstIsKnownToBeGone() {
		register();
		loseContact();
		answerNothing();
		advance(Duration.ofMillis(2500));
		failLast("renew 7", gone());
		answerLast("get " + KEY, Optional.empty());
		answer("grant 15", new EtcdLease(8, TTL));
		answer("put " + KEY + "@0 lease 8", true);
		assertThat(this.events).endsWith("active");
	}

	@Test
	void leaseThatIsGoneIsToldOfOnceHoweverManyRenewalsAreOnTheirWay() {
		register();
		stayUntilAudit();
		fail("get " + KEY, denied());
		advance(Duration.ofMillis(3750));
		advance(Duration.ofMillis(2500));
		assertThat(this.etcd.pending).asString().isEqualTo("[renew 7, timeToLive 7, renew 7]");
		fail("renew 7", gone());
		fail("timeToLive 7", gone());
		fail("renew 7", gone());
		answer("get " + KEY, Optional.empty());
		answer("grant 15", new EtcdLease(8, TTL));
		answer("put " + KEY + "@0 lease 8", true);
		assertThat(this.events).containsExactly("active", "lost", "active");
	}

	@Test
	void lateErrorOfALeaseThatIsGoneDoesNotAskForItAgain() {
		register();
		stayUntilAudit();
		fail("get " + KEY, denied());
		advance(Duration.ofMillis(3750));
		advance(Duration.ofMillis(2500));
		fail("renew 7", gone());
		fail("timeToLive 7", gone());
		fail("renew 7", new RegistryException("deadline exceeded", null));
		int renewals = calls("renew").size();
		advance(Duration.ofSeconds(2));
		assertThat(calls("renew")).hasSize(renewals);
	}

	@Test
	void registersAgainWhenTheLeaseIsRevoked() {
		register();
		advance(Duration.ofSeconds(5));
		fail("renew 7", gone());
		advance(Duration.ofMillis(200));
		answer("get " + KEY, Optional.empty());
		answer("grant 15", new EtcdLease(8, TTL));
		answer("put " + KEY + "@0 lease 8", true);
		assertThat(this.events).containsExactly("active", "lost", "active");
	}

	@Test
	void putsADeletedKeyBackUnderTheSameLease() {
		register();
		stayUntilAudit();
		answer("get " + KEY, Optional.empty());
		assertThat(this.lost.get(0)).hasMessageContaining(KEY).hasMessageContaining("deleted by somebody else");
		advance(Duration.ofMillis(200));
		answer("renew 7", TTL);
		answer("get " + KEY, Optional.empty());
		answer("put " + KEY + "@0 lease 7", true);
		assertThat(this.events).containsExactly("active", "lost", "active");
	}

	@Test
	void lookAtTheKeyWithoutAnAnswerDoesNotEndTheRenewals() {
		register();
		stayUntilAudit();
		fail("get " + KEY, new RegistryException("etcd is slow", null));
		stayUntilAudit();
		answer("get " + KEY, ours(7));
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void putsAnOverwrittenKeyBackOnceAndThenGivesWay() {
		register();
		stayUntilAudit();
		answer("get " + KEY, foreign("10.0.0.1:9090", 20));
		advance(Duration.ofMillis(200));
		answer("renew 7", TTL);
		answer("get " + KEY, foreign("10.0.0.1:9090", 20));
		answer("put " + KEY + "@20 lease 7", true);
		stayUntilAudit();
		answer("get " + KEY, foreign("10.0.0.1:9090", 22));
		advance(Duration.ofMillis(400));
		answer("renew 7", TTL);
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
	@Proves("F67")
	void keyOfAProcessThatIsSilentIsWaitedForUntilItsLeaseEnds() {
		this.listening = false;
		answer("get " + KEY, foreign("10.0.0.2:9090", 42));
		answer("timeToLive 99", Duration.ofSeconds(4));
		assertThat(this.lost).singleElement()
			.isInstanceOf(PredecessorException.class)
			.asString()
			.contains("held by 10.0.0.2:9090, where nobody listens any more",
					"its lease is not renewed and ends within 5 s");
		advance(Duration.ofSeconds(3));
		answer("get " + KEY, foreign("10.0.0.2:9090", 42));
		answer("timeToLive 99", Duration.ofSeconds(1));
		advance(Duration.ofSeconds(1));
		answer("get " + KEY, foreign("10.0.0.2:9090", 42));
		answer("timeToLive 99", Duration.ZERO);
		advance(Duration.ofMillis(300));
		answer("get " + KEY, foreign("10.0.0.2:9090", 42));
		fail("timeToLive 99", gone());
		advance(Duration.ofMillis(300));
		answer("get " + KEY, Optional.empty());
		answer("grant 15", LEASE);
		answer("put " + KEY + "@0 lease 7", true);
		assertThat(this.events).endsWith("active");
		assertThat(this.lost).hasOnlyElementsOfType(PredecessorException.class);
	}

	@Test
	@Proves("F67")
	void slowAnswerIsNoRenewalOfTheLeaseThatIsWaitedFor() {
		this.listening = false;
		answer("get " + KEY, foreign("10.0.0.2:9090", 42));
		answer("timeToLive 99", Duration.ofSeconds(12));
		advance(Duration.ofSeconds(3));
		answer("get " + KEY, foreign("10.0.0.2:9090", 42));
		advance(Duration.ofSeconds(2));
		answer("timeToLive 99", Duration.ofSeconds(9));
		assertThat(this.lost).hasSize(2).hasOnlyElementsOfType(PredecessorException.class);
	}

	@Test
	@Proves("F67")
	void leaseThatIsRenewedIsAConflictAlthoughNobodyListens() {
		this.listening = false;
		answer("get " + KEY, foreign("10.0.0.2:9090", 42));
		answer("timeToLive 99", Duration.ofSeconds(12));
		advance(Duration.ofSeconds(3));
		answer("get " + KEY, foreign("10.0.0.2:9090", 42));
		answer("timeToLive 99", Duration.ofSeconds(14));
		assertThat(this.lost).last().isInstanceOf(RegistrationConflictException.class);
	}

	@Test
	void keyThatNothingEndsIsAConflict() {
		this.listening = false;
		answer("get " + KEY,
				Optional.of(new EtcdRecord(KEY, JetcdClient.bytes("{\"Addr\":\"10.0.0.2:9090\"}"), 42, 0)));
		assertThat(this.lost).singleElement().isInstanceOf(RegistrationConflictException.class);
	}

	@Test
	void aChangeBetweenReadAndPutIsLookedAtAgain() {
		answer("get " + KEY, Optional.empty());
		answer("grant 15", LEASE);
		answer("put " + KEY + "@0 lease 7", false);
		advance(Duration.ofMillis(200));
		answer("renew 7", TTL);
		answer("get " + KEY, foreign("10.0.0.2:9090", 50));
		assertThat(this.lost).last().isInstanceOf(RegistrationConflictException.class);
	}

	@Test
	void afterAPutWithoutAnAnswerTheKeyIsReadAndNotPutAgain() {
		answer("get " + KEY, Optional.empty());
		answer("grant 15", LEASE);
		fail("put " + KEY + "@0 lease 7", new RegistryException("no answer", null));
		advance(Duration.ofMillis(200));
		answer("renew 7", TTL);
		answer("get " + KEY, ours(7));
		assertThat(this.events).containsExactly("lost", "active");
	}

	@Test
	void aLeaseThatComesAfterTheAttemptIsUsedByTheNext() {
		answer("get " + KEY, Optional.empty());
		this.loop.execute(this.connection::close);
		this.scheduler.runDue();
		answer("grant 15", LEASE);
		assertThat(this.protocol.leases().lease()).isEqualTo(LEASE);
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
		advance(Duration.ofMinutes(1));
		assertThat(calls("renew")).isEmpty();
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

	// without an answer to any renewal, until the next attempt has begun
	private void loseContact() {
		advance(Duration.ofMillis(12_600));
		assertThat(this.events).endsWith("lost");
	}

	private void answerNothing() {
		this.etcd.pending.clear();
	}

	private void stay(Duration time) {
		for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plusMillis(100)) {
			advance(Duration.ofMillis(100));
			while (!this.etcd.pending.isEmpty()) {
				if (this.etcd.pending.get(0).name().equals("timeToLive 7")) {
					fail("timeToLive 7", new RegistryException("slow", null));
					continue;
				}
				boolean renewal = this.etcd.pending.get(0).name().equals("renew 7");
				answer(renewal ? "renew 7" : "get " + KEY, renewal ? TTL : ours(7));
			}
		}
	}

	private void stayUntilAudit() {
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

	private List<String> calls(String... kinds) {
		return this.etcd.calls.stream().filter((call) -> List.of(kinds).contains(call.split(" ")[0])).toList();
	}

	private LeaseRenewal renewal(FakeEtcd etcd, EtcdLease lease) {
		FakeAttempts attempts = new FakeAttempts();
		ReconnectLoop connection = new ReconnectLoop("renewal", this.loop, Backoff.DEFAULT, attempts,
				new ReconnectLoop.Listener() {

					@Override
					public void onActive() {
						EtcdRegistrationTests.this.events.add("active");
					}

					@Override
					public void onLost(RegistryException cause) {
						EtcdRegistrationTests.this.events.add("lost");
					}

				});
		this.loop.execute(connection::start);
		this.scheduler.runDue();
		return new LeaseRenewal(attempts.last().context(), etcd, lease, this.loop.nanoTime(),
				new LeaseRenewal.Listener() {

					@Override
					public void onRenewed(long sentAt) {
						EtcdRegistrationTests.this.events.add("renewed");
					}

					@Override
					public void onGone(LeaseGoneException cause) {
						throw cause;
					}

				});
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

	private static RegistryAccessException denied() {
		return new RegistryAccessException("permission denied", null);
	}

	private <T> void answerLast(String call, T value) {
		this.etcd.answerLast(call, value);
		this.scheduler.runDue();
	}

	private void failLast(String call, RuntimeException error) {
		this.etcd.failLast(call, error);
		this.scheduler.runDue();
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
