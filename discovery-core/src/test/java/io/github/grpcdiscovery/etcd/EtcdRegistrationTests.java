package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistryException;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdRegistrationTests extends EtcdRegistrationFixture {

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

	// without an answer to any renewal, until the next attempt has begun
	private void loseContact() {
		advance(Duration.ofMillis(12_600));
		assertThat(this.events).endsWith("lost");
	}

	private void answerNothing() {
		this.etcd.pending.clear();
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

	private void failLast(String call, RuntimeException error) {
		this.etcd.failLast(call, error);
		this.scheduler.runDue();
	}

}
