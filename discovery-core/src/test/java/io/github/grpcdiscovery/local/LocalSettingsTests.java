package io.github.grpcdiscovery.local;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LocalSettingsTests {

	private static final Path DIRECTORY = Path.of("/tmp/registry");

	@Test
	void defaultsAreFiveSecondsAndOne() {
		LocalSettings settings = LocalSettings.of(DIRECTORY);
		assertThat(settings.ttl()).isEqualTo(Duration.ofSeconds(5));
		assertThat(settings.pollInterval()).isEqualTo(Duration.ofSeconds(1));
		assertThat(settings.heartbeat()).isBetween(Duration.ofMillis(1666), Duration.ofMillis(1667));
	}

	@Test
	void directoryIsMadeAbsolute() {
		assertThat(LocalSettings.of(Path.of("target/../registry")).directory()).isAbsolute()
			.isEqualTo(Path.of("registry").toAbsolutePath());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "/tmp/.." })
	void directoryIsOneOfItsOwn(String directory) {
		assertThatIllegalArgumentException().isThrownBy(() -> LocalSettings.of(Path.of(directory)))
			.withMessage("directory: '%s' (expected: a directory of its own, such as /tmp/grpc-discovery)", directory);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S", "PT0.999S", "PT24H0.001S" })
	void ttlIsOneSecondToOneDay(Duration ttl) {
		assertThatIllegalArgumentException().isThrownBy(() -> new LocalSettings(DIRECTORY, ttl, Duration.ofMillis(100)))
			.withMessageStartingWith("ttl: ")
			.withMessageEndingWith(" (expected: 1s to 1d)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S", "PT0.009S", "PT2.001S" })
	void pollIntervalIsTenMillisecondsToTheTtl(Duration pollInterval) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new LocalSettings(DIRECTORY, Duration.ofSeconds(2), pollInterval))
			.withMessageStartingWith("poll-interval: ")
			.withMessageEndingWith(" (expected: 10ms to the TTL of 2s)");
	}

	@Test
	void boundsThemselvesAreFine() {
		assertThat(new LocalSettings(DIRECTORY, Duration.ofSeconds(1), Duration.ofSeconds(1)).ttl()).hasSeconds(1);
		assertThat(new LocalSettings(DIRECTORY, Duration.ofDays(1), Duration.ofMillis(10)).ttl()).hasDays(1);
	}

}
