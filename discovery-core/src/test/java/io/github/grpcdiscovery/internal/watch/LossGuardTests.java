package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

class LossGuardTests extends LossGuardFixture {

	@Test
	void instancesThatLeaveOneAfterTheOtherAreDroppedAtOnce() {
		report(1, 2, 3, 4);
		assertThat(report(2, 3, 4)).containsExactly(2, 3, 4);
		this.scheduler.advance(LossGuard.AT_ONCE.plusSeconds(1));
		assertThat(report(3, 4)).containsExactly(3, 4);
		this.scheduler.advance(LossGuard.AT_ONCE.plusSeconds(1));
		assertThat(report(4)).containsExactly(4);
		assertThat(this.checks).isZero();
		assertThat(this.heard).isEmpty();
	}

	@Test
	void newAndChangedInstancesArePublishedAtOnceAlsoDuringAConfirmation() {
		report(1, 2, 3, 4);
		assertThat(report(4)).containsExactly(1, 2, 3, 4);
		assertThat(report(4, 5)).containsExactly(1, 2, 3, 4, 5);
		ServiceInstance heavier = ServiceInstance.builder("svc", "127.0.0.1", 5).id("five").weight(900).build();
		assertThat(accept(List.of(instance(4), heavier))).contains(heavier).hasSize(5);
	}

	@Test
	@Proves("F38")
	void halfOfTheInstancesGoneAtOnceStayUntilAFreshListingSaysTheSame() {
		report(1, 2, 3, 4);
		assertThat(report(3, 4)).containsExactly(1, 2, 3, 4);
		assertThat(retainedPorts()).containsExactly(1, 2);
		assertThat(this.heard).isEmpty();
		this.scheduler.advance(CONFIRMATION.minusMillis(1));
		assertThat(this.heard).containsExactly("suspected 2");
		assertThat(effectivePorts()).containsExactly(1, 2, 3, 4);
		this.scheduler.advance(Duration.ofMillis(1));
		assertThat(this.heard).containsExactly("suspected 2", "confirm");
		assertThat(report(3, 4)).as("not listed again yet").containsExactly(1, 2, 3, 4);
		onLoop(() -> this.guard.relisted());
		assertThat(report(3, 4)).containsExactly(3, 4);
		assertThat(retainedPorts()).isEmpty();
		this.scheduler.advance(Duration.ofMinutes(1));
		assertThat(this.scheduler.pendingTasks()).isZero();
		assertThat(this.heard).hasSize(2);
	}

	@Test
	void lossOfLessThanHalfTakesEffectAtOnce() {
		report(1, 2, 3, 4, 5);
		assertThat(report(3, 4, 5)).containsExactly(3, 4, 5);
	}

	@Test
	void oneOfTwoIsNoMassLoss() {
		report(1, 2);
		assertThat(report(2)).containsExactly(2);
	}

	@Test
	void lossesThatTrickleInAreAddedUp() {
		report(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
		int[] left = IntStream.rangeClosed(1, 10).toArray();
		for (int gone = 0; gone < 8; gone++) {
			left = Arrays.copyOfRange(left, 1, left.length);
			report(left);
			this.scheduler.advance(Duration.ofMillis(100));
		}
		// four were believed, the fifth made it half
		assertThat(effectivePorts()).containsExactly(5, 6, 7, 8, 9, 10);
		assertThat(retainedPorts()).containsExactly(5, 6, 7, 8);
	}

	@Test
	void whoComesBackIsNotLost() {
		report(1, 2, 3);
		report(2, 3);
		report(1, 2, 3);
		assertThat(report(1, 3)).as("a rolling restart").containsExactly(1, 3);
		report(1, 2, 3);
		assertThat(report(1, 2)).containsExactly(1, 2);
	}

	@Test
	@Proves("F38")
	void theOnlyInstanceStaysWhileSomebodyListensThere() {
		report(1);
		assertThat(report()).containsExactly(1);
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(effectivePorts()).containsExactly(1);
		this.unreachable.add(1);
		this.scheduler.advance(ListeningCheck.INTERVAL);
		assertThat(effectivePorts()).isEmpty();
		assertThat(this.heard).containsExactly("suspected 1", "changed");
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	@Test
	void serverThatListensForAMomentAfterItHasLeftIsNotSpokenOf() {
		report(1);
		report();
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(effectivePorts()).containsExactly(1);
		this.unreachable.add(1);
		this.scheduler.advance(Duration.ofMinutes(1));
		assertThat(this.heard).containsExactly("changed");
	}

	@Test
	@Proves("F39")
	void lossWhereNobodyListensTakesEffectAtOnce() {
		report(1, 2, 3);
		this.unreachable.addAll(List.of(1, 3));
		report();
		this.scheduler.runDue();
		assertThat(effectivePorts()).containsExactly(2);
		assertThat(retainedPorts()).containsExactly(2);
	}

	@Test
	void whoIsRegisteredIsNeverDroppedForNotListening() {
		report(1, 2, 3);
		this.unreachable.addAll(List.of(1, 2, 3));
		report(3);
		this.scheduler.advance(Duration.ofSeconds(10));
		assertThat(effectivePorts()).containsExactly(3);
	}

	@Test
	void whatTheRegistryHasAgainIsRetainedNoLonger() {
		report(1, 2, 3);
		report();
		assertThat(report(2)).containsExactly(1, 2, 3);
		assertThat(retainedPorts()).containsExactly(1, 3);
		assertThat(report(1, 2, 3)).containsExactly(1, 2, 3);
		assertThat(retainedPorts()).isEmpty();
		assertThat(this.scheduler.pendingTasks()).isLessThanOrEqualTo(1);
		this.scheduler.advance(Duration.ofMinutes(1));
		assertThat(this.heard).isEmpty();
	}

	@Test
	void zeroRetainsNothing() {
		this.guard = new LossGuard(this.loop, Duration.ZERO, this::check, new Listener());
		report(1, 2, 3);
		onLoop(() -> this.guard.interrupted());
		assertThat(report()).isEmpty();
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	@Test
	void closedGuardAsksNobody() {
		report(1, 2);
		report();
		this.scheduler.runDue();
		int before = this.checks;
		onLoop(() -> this.guard.close());
		this.scheduler.advance(Duration.ofMinutes(5));
		assertThat(this.checks).isEqualTo(before);
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

}
