package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.ServiceInstance;

import static org.assertj.core.api.Assertions.assertThat;

class KnownInstancesTests {

	private static final Duration GRACE = Duration.ofSeconds(10);

	private final KnownInstances known = new KnownInstances(GRACE);

	// close to the overflow on purpose
	private long now = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

	@Test
	void firstListIsBelievedWhateverItIs() {
		assertThat(ports(answer(5))).isEmpty();
		assertThat(this.known.isEmpty()).isTrue();
		assertThat(ports(answer(6, 1, 2))).containsExactly(1, 2);
		assertThat(this.known.isEmpty()).isFalse();
	}

	@Test
	void emptyFirstListWithoutALeaderIsNoList() {
		assertThat(ports(answer(5, false, false))).isNull();
		assertThat(this.known.isEmpty()).isFalse();
	}

	@Test
	void registryThatRemembersIsBelievedAtOnce() {
		ports(answer(5, 1, 2, 3));
		assertThat(ports(answer(6, 3))).containsExactly(3);
		assertThat(ports(answer(7, 4))).containsExactly(4);
	}

	@Test
	void thatAllAreGoneMustBeSaidTwice() {
		ports(answer(5, 1));
		assertThat(ports(answer(6))).isNull();
		assertThat(this.known.askAgainIn(this.now)).isEqualTo(KnownInstances.CONFIRMATION);
		after(Duration.ofMillis(900));
		assertThat(ports(answer(6))).isNull();
		after(Duration.ofMillis(101));
		assertThat(ports(answer(6))).isEmpty();
		assertThat(this.known.askAgainIn(this.now)).isNull();
	}

	@Test
	void theOnlyInstanceIsReplacedByANewOneWithoutDelay() {
		ports(answer(5, 1));
		assertThat(ports(answer(6))).isNull();
		assertThat(ports(answer(7, 2))).containsExactly(2);
		assertThat(this.known.askAgainIn(this.now)).isNull();
		assertThat(ports(answer(8))).as("the confirmation begins anew").isNull();
	}

	@Test
	void whatConsulForgotStaysUntilItCouldRegisterAgain() {
		ports(answer(20, 1, 2, 3));
		assertThat(ports(answer(12))).containsExactly(1, 2, 3);
		assertThat(this.known.askAgainIn(this.now)).isEqualTo(GRACE);
		after(Duration.ofSeconds(2));
		assertThat(ports(answer(14, 2))).containsExactly(1, 2, 3);
		after(Duration.ofSeconds(7));
		assertThat(ports(answer(15, 2, 4))).containsExactly(1, 2, 3, 4);
		assertThat(this.known.askAgainIn(this.now)).isEqualTo(Duration.ofSeconds(1));
		after(Duration.ofSeconds(1));
		assertThat(ports(answer(16, 2, 4))).containsExactly(2, 4);
	}

	@Test
	void emptyListThatStaysAfterAnOutageIsBelievedInTheEnd() {
		ports(answer(20, 1));
		this.known.interrupted();
		assertThat(ports(answer(30))).containsExactly(1);
		after(GRACE);
		assertThat(ports(answer(30))).isNull();
		after(KnownInstances.CONFIRMATION);
		assertThat(ports(answer(30))).isEmpty();
	}

	@Test
	void withoutALeaderNothingIsTakenAway() {
		ports(answer(20, 1, 2));
		after(Duration.ofDays(1));
		assertThat(ports(answer(21, false, false, 2, 3))).containsExactly(1, 2, 3);
		assertThat(ports(answer(21, false, false))).containsExactly(1, 2, 3);
		assertThat(ports(answer(22, 2, 3))).containsExactly(2, 3);
	}

	@Test
	void indexIsComparedUnsignedAndAnAbsentOneSaysNothing() {
		ports(answer(20, 1));
		assertThat(this.known.isRegress(0)).isFalse();
		assertThat(this.known.isRegress(20)).isFalse();
		assertThat(this.known.isRegress(19)).isTrue();
		assertThat(this.known.isRegress(-1)).as("18446744073709551615").isFalse();
		ports(answer(-1, 1));
		assertThat(this.known.isRegress(Long.MAX_VALUE)).isTrue();
		ports(answer(0, 1));
		assertThat(this.known.isRegress(21)).isTrue();
	}

	@Test
	void graceOfZeroBelievesAtOnce() {
		KnownInstances trusting = new KnownInstances(Duration.ZERO);
		trusting.accept(answer(20, 1), this.now);
		assertThat(trusting.accept(answer(12), this.now)).isEmpty();
	}

	private void after(Duration time) {
		this.now += time.toNanos();
	}

	private @Nullable List<Integer> ports(HealthAnswer answer) {
		List<ServiceInstance> instances = this.known.accept(answer, this.now);
		return (instances != null) ? instances.stream().map(ServiceInstance::port).sorted().toList() : null;
	}

	private static HealthAnswer answer(long index, int... ports) {
		return FakeConsulApi.answer(index, ports);
	}

	private static HealthAnswer answer(long index, boolean knownLeader, boolean filteredByAcls, int... ports) {
		return FakeConsulApi.answer(index, knownLeader, filteredByAcls, ports);
	}

}
