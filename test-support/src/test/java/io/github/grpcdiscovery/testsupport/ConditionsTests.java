package io.github.grpcdiscovery.testsupport;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ConditionsTests {

	private final String original = System.getProperty("test.scale", "1");

	@AfterEach
	void restoreTheScale() {
		System.setProperty("test.scale", this.original);
	}

	@Test
	void repeatsAssertionsUntilTheyHold() {
		AtomicInteger attempts = new AtomicInteger();
		Conditions.eventually(() -> assertThat(attempts.incrementAndGet()).isEqualTo(3));
		assertThat(attempts).hasValue(3);
	}

	@Test
	void givesUpAtTheDeadline() {
		assertThatExceptionOfType(ConditionTimeoutException.class)
			.isThrownBy(() -> Conditions.await(Duration.ofMillis(50)).until(() -> false));
	}

	@Test
	void stretchesDurationsByTheScale() {
		System.setProperty("test.scale", "2.5");
		assertThat(Conditions.scaled(Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(5));
	}

	@Test
	void refusesScaleThatIsNoNumber() {
		System.setProperty("test.scale", "slow");
		assertThatIllegalStateException().isThrownBy(Conditions::await)
			.withMessage("test.scale: slow (expected: a number in (0, 1000])");
	}

}
