package io.github.grpcdiscovery.internal.util;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.github.grpcdiscovery.InvalidSettingException;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DurationsTests {

	@ParameterizedTest
	@CsvSource({ "PT0S, 0s", "PT1.5S, 1500ms", "PT30M, 30m", "PT90S, 90s", "PT-1S, -1s", "PT-0.5S, -500ms",
			"PT0.0005S, PT0.0005S" })
	void textIsTheShortestOfWholeUnits(Duration duration, String text) {
		assertThat(Durations.text(duration)).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "PT0S, 0s", "PT0.0051S, 5ms", "PT9.9995S, 9999ms", "PT42.7S, 42s", "PT6M, 6m", "PT9M59.9S, 599s",
			"PT1H30M20S, 90m" })
	void measuredTimeIsRounded(Duration duration, String text) {
		assertThat(Durations.rounded(duration)).isEqualTo(text);
	}

	@Test
	@Proves("I13")
	void durationThatATimerCannotCountIsRefused() {
		Duration overflow = Duration.ofSeconds(Long.MAX_VALUE, 1_000_000);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> InvalidSettingException.requireBetween("drain", overflow, Duration.ZERO, Durations.MAX))
			.withMessageStartingWith("drain: ")
			.withMessageEndingWith(" (expected: 0s to 365d)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> WatchSettings.builder().linger(Duration.ofDays(200_000)).build())
			.withMessage("linger: 200000d (expected: 0s to 365d)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> WatchSettings.builder()
				.lossConfirmation(Duration.ofDays(200_000))
				.reachability(WatchSettings.DEFAULT.reachability())
				.build())
			.withMessage("loss-confirmation: 200000d (expected: 0s to 365d)");
	}

	@Test
	void boundsThemselvesAreFine() {
		assertThat(InvalidSettingException.requireBetween("x", Duration.ZERO, Duration.ZERO, Durations.MAX)).isZero();
		assertThat(InvalidSettingException.requireBetween("x", Durations.MAX, Duration.ZERO, Durations.MAX))
			.hasDays(365);
	}

}
