package io.github.grpcdiscovery.internal.retry;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.Deadline;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RetryPauseTests {

	private final RetryPause shortest = new RetryPause(() -> 0);

	private final RetryPause longest = new RetryPause(() -> 1);

	@Test
	void pausesGrowTenfoldAndHalfOfThemIsRandom() {
		assertThat(millis(this.shortest, 2)).isEqualTo(10);
		assertThat(millis(this.longest, 2)).isEqualTo(20);
		assertThat(millis(this.shortest, 3)).isEqualTo(100);
		assertThat(millis(this.longest, 3)).isEqualTo(200);
	}

	@Test
	void pauseLeavesHalfOfTheTimeToTheCall() {
		Deadline deadline = Deadline.after(40, TimeUnit.MILLISECONDS);
		assertThat(Duration.ofNanos(this.longest.nanosBefore(3, deadline))).isLessThanOrEqualTo(Duration.ofMillis(20));
	}

	@Test
	void nobodyWaitsAfterTheDeadline() {
		assertThat(this.longest.nanosBefore(2, Deadline.after(-1, TimeUnit.SECONDS))).isZero();
	}

	@Test
	void distantDeadlineIsNoLimit() {
		assertThat(millis(this.longest, 2)).isEqualTo(20);
		assertThat(this.longest.nanosBefore(2, Deadline.after(1, TimeUnit.HOURS)))
			.isEqualTo(this.longest.nanosBefore(2, null));
	}

	private static long millis(RetryPause pause, int attempt) {
		return TimeUnit.NANOSECONDS.toMillis(pause.nanosBefore(attempt, null));
	}

}
