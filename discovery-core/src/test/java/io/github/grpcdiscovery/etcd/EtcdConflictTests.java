package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.spi.PredecessorException;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Another process has, or had, the key of the instance.
 */
class EtcdConflictTests extends EtcdRegistrationFixture {

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

	private Optional<EtcdRecord> foreign(String address, long revision) {
		String value = "{\"Op\":0,\"Addr\":\"%s\",\"Metadata\":null}".formatted(address);
		return Optional.of(new EtcdRecord(KEY, JetcdClient.bytes(value), revision, 99));
	}

}
