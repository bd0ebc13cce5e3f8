package io.github.grpcdiscovery.internal.reconnect;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BackoffTests {

	private static final double ALMOST_ONE = Math.nextDown(1.0);

	private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofMinutes(1));

	@Test
	void upperBoundDoublesUpToTheCap() {
		assertThat(FullJitter.delay(this.backoff, 1, ALMOST_ONE)).isBetween(Duration.ofMillis(99),
				Duration.ofMillis(100));
		assertThat(FullJitter.delay(this.backoff, 2, ALMOST_ONE)).isBetween(Duration.ofMillis(199),
				Duration.ofMillis(200));
		assertThat(FullJitter.delay(this.backoff, 6, ALMOST_ONE)).isBetween(Duration.ofMillis(3199),
				Duration.ofMillis(3200));
		assertThat(FullJitter.delay(this.backoff, 7, ALMOST_ONE)).isBetween(Duration.ofMillis(4999),
				Duration.ofSeconds(5));
		assertThat(FullJitter.delay(this.backoff, Integer.MAX_VALUE, ALMOST_ONE))
			.isLessThanOrEqualTo(Duration.ofSeconds(5));
	}

	@Test
	@Proves("F47")
	void jitterIsFull() {
		assertThat(FullJitter.delay(this.backoff, 3, 0)).isZero();
		assertThat(FullJitter.delay(this.backoff, 3, 0.5)).isEqualTo(Duration.ofMillis(200));
	}

	@Test
	void errorThatSomebodyHasToMendWaitsHalfOfTheLongTimeAtLeast() {
		assertThat(FullJitter.permanentDelay(this.backoff, 0)).isEqualTo(Duration.ofSeconds(30));
		assertThat(FullJitter.permanentDelay(this.backoff, ALMOST_ONE)).isBetween(Duration.ofSeconds(59),
				Duration.ofMinutes(1));
	}

	@Test
	void boundsAreInOrder() {
		Duration second = Duration.ofSeconds(1);
		Duration minute = Duration.ofMinutes(1);
		assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(Duration.ZERO, second, minute))
			.withMessage("backoff: 0s, 1s, 1m (expected: 0 < min <= max <= permanent <= 365d)");
		assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(minute, second, minute));
		assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(second, minute, second));
		assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(second, minute, Duration.ofDays(200_000)));
		assertThat(FullJitter.delay(new Backoff(second, second, second), 9, 0.5)).isEqualTo(Duration.ofMillis(500));
	}

}
