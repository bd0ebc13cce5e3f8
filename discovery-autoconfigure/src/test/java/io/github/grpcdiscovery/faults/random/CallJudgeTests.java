package io.github.grpcdiscovery.faults.random;

import java.time.Duration;
import java.util.List;

import io.grpc.Status;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.testsupport.SteadyCaller.Outcome;

import static org.assertj.core.api.Assertions.assertThat;

class CallJudgeTests {

	private final CallJudge judge = new CallJudge();

	@Test
	void withoutAFaultNothingIsExcused() {
		assertThat(broken(false, 1, 0)).isTrue();
		assertThat(broken(true, 1, 0)).isTrue();
	}

	@Test
	void callsUnderWayOnAKilledServerMayFailAndNoOther() {
		this.judge.killing(1);
		this.judge.killed(1);
		assertThat(broken(false, 1, -100)).isFalse();
		assertThat(broken(true, 1, -100)).isFalse();
		assertThat(broken(false, 2, -100)).isTrue();
		assertThat(broken(false, 1, 10_000)).isTrue();
	}

	@Test
	void plainCallsToAServerThatHangsMayFailUntilThatIsNoticed() {
		this.judge.pausing(1);
		assertThat(broken(false, 1, -1000)).isFalse();
		assertThat(broken(true, 1, -1000)).isTrue();
		assertThat(broken(false, 2, -1000)).isTrue();
		assertThat(broken(false, 1, 60_000)).isTrue();
		this.judge.resumed(1);
		assertThat(broken(false, 1, 1000)).isTrue();
	}

	@Test
	void plainCallsMayFailWhileNobodyServes() {
		this.judge.nobodyServes();
		assertThat(broken(false, 0, 1000)).isFalse();
		assertThat(broken(false, 0, -60_000)).as("under way when the last one was told to stop").isTrue();
		assertThat(broken(true, 0, 1000)).isTrue();
		this.judge.somebodyServes();
		assertThat(broken(false, 0, 1000)).isTrue();
	}

	private boolean broken(boolean waitForReady, int port, long beganInMillis) {
		long began = System.nanoTime() + beganInMillis * 1_000_000;
		Outcome failure = new Outcome(waitForReady, began, began + Duration.ofSeconds(5).toNanos(),
				"/127.0.0.1:" + port, "", Status.UNAVAILABLE);
		return !this.judge.broken(List.of(failure)).isEmpty();
	}

}
