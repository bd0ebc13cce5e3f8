package io.github.grpcdiscovery.testsupport;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StandstillsTests {

	@Test
	void timeInWhichTheThreadWasNotLateIsNoStandstill() {
		try (Standstills standstills = new Standstills()) {
			Conditions.await().until(() -> {
				long began = System.nanoTime();
				return standstills.between(began, System.nanoTime()).isZero();
			});
		}
	}

	@Test
	void threadThatDoesNotWakeIsAStandstillBeforeItIsOver() {
		try (Standstills standstills = new Standstills()) {
			long now = System.nanoTime();
			// as if this moment were later than the thread was to wake
			long later = now + Duration.ofHours(1).toNanos();
			assertThat(standstills.between(later - Duration.ofSeconds(3).toNanos(), later))
				.isEqualTo(Duration.ofSeconds(3));
			assertThat(standstills.between(now, later)).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
		}
	}

}
