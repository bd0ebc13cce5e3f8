package io.github.grpcdiscovery.internal.watch;

import java.util.Arrays;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.HostAndPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances that the registry has and says not to call.
 */
class LossGuardHealthTests extends LossGuardFixture {

	@Test
	void whatIsOutOfServiceIsDroppedAtOnceAlsoTheOnlyInstance() {
		report(1);
		takeOutOfService(1);
		assertThat(report()).isEmpty();
		this.outOfService.clear();
		assertThat(report(1)).containsExactly(1);
		report(1, 2, 3, 4);
		takeOutOfService(1, 2, 3);
		assertThat(report(4)).containsExactly(4);
		assertThat(this.checks).isZero();
		assertThat(this.heard).isEmpty();
	}

	@Test
	void whatIsOutOfServiceIsRetainedNoLonger() {
		report(1, 2, 3);
		onLoop(() -> this.guard.interrupted());
		assertThat(report(3)).containsExactly(1, 2, 3);
		takeOutOfService(1);
		assertThat(report(3)).containsExactly(2, 3);
		assertThat(retainedPorts()).containsExactly(2);
		takeOutOfService(2);
		assertThat(report(3)).containsExactly(3);
		assertThat(this.scheduler.pendingTasks()).isLessThanOrEqualTo(1);
	}

	@Test
	void takingSomeOutOfServiceSaysNothingOfOthers() {
		report(1, 2, 3);
		takeOutOfService(1);
		assertThat(report()).containsExactly(2, 3);
	}

	@Test
	void allThatTheRegistrysProbesDoNotReachStayWhileTheyListen() {
		report(1, 2, 3);
		unreached(1, 2, 3);
		assertThat(report()).containsExactly(1, 2, 3);
		assertThat(this.guard.isPanic()).isTrue();
		for (int i = 1; i <= 3; i++) {
			this.scheduler.advance(CONFIRMATION);
			onLoop(() -> this.guard.relisted());
			assertThat(report()).as("confirmed " + i + " times").containsExactly(1, 2, 3);
		}
		assertThat(this.heard).containsOnlyOnce("suspected 3");
		this.unreachable.add(2);
		this.scheduler.advance(ListeningCheck.INTERVAL);
		assertThat(effectivePorts()).containsExactly(1, 3);
		this.unreached.clear();
		assertThat(report(1, 2, 3)).containsExactly(1, 2, 3);
		assertThat(this.guard.isPanic()).isFalse();
	}

	@Test
	void someThatTheRegistrysProbesDoNotReachAreLostAsOthersAre() {
		report(1, 2, 3, 4, 5);
		unreached(1);
		assertThat(report(2, 3, 4, 5)).containsExactly(2, 3, 4, 5);
		unreached(1, 2, 3);
		assertThat(report(4, 5)).as("half of them at once").containsExactly(2, 3, 4, 5);
		this.scheduler.advance(CONFIRMATION);
		onLoop(() -> this.guard.relisted());
		assertThat(report(4, 5)).containsExactly(4, 5);
	}

	@Test
	void whoSaysItselfThatItIsUnwellIsOutAlsoWhenNoProbeReachesTheOthers() {
		report(1, 2);
		unreached(1, 2);
		report();
		this.unreached.clear();
		unreached(1);
		takeOutOfService(2);
		assertThat(report()).containsExactly(1);
	}

	private void takeOutOfService(int... ports) {
		Arrays.stream(ports).forEach((port) -> this.outOfService.add(new HostAndPort("127.0.0.1", port)));
	}

}
