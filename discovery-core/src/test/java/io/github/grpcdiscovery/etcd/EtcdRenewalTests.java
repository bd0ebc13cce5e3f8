package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The lease of a registration: renewed, refused, lost and gone.
 */
class EtcdRenewalTests extends EtcdRegistrationFixture {

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

	private static RegistryAccessException denied() {
		return new RegistryAccessException("permission denied", null);
	}

}
