package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AgesTests {

	private static final Duration LONGEST = Duration.ofSeconds(30);

	private final Instant wall = Instant.parse("2026-01-01T00:00:00Z");

	private long now = 1_000_000_000_000L;

	private final Ages ages = new Ages(() -> this.now, () -> this.wall);

	@Test
	void serverOfTheFirstListIsAsOldAsItSays() {
		assertThat(age("a", this.wall.minusSeconds(10))).isEqualTo(Duration.ofSeconds(10));
		assertThat(age("b", this.wall.minusSeconds(3600))).isEqualTo(LONGEST);
		assertThat(age("c", null)).as("without a word it is old").isEqualTo(LONGEST);
	}

	@Test
	void clockThatIsWrongMakesAServerNoYoungerThanItsFirstSight() {
		assertThat(age("a", this.wall.plusSeconds(3600))).isZero();
		this.now += LONGEST.toNanos();
		assertThat(age("a", this.wall.plusSeconds(3600))).isEqualTo(LONGEST);
	}

	@Test
	void serverThatJoinsIsNewWhateverItsClockSays() {
		this.ages.listed();
		assertThat(age("a", this.wall.minusSeconds(3600))).isZero();
		assertThat(age("b", null)).isZero();
	}

	@Test
	void serverThatComesBackIsAsOldAsItWasUnlessItWasStartedAgain() {
		Instant started = this.wall.minusSeconds(3600);
		age("a", started);
		this.ages.listed();
		this.now += Duration.ofSeconds(5).toNanos();
		assertThat(age("a", started)).isEqualTo(LONGEST.plusSeconds(5));
		assertThat(age("a", this.wall)).isZero();
	}

	private Duration age(Object server, @Nullable Instant started) {
		return Duration.ofNanos(this.ages.of(server, started, LONGEST).nanos(this.now));
	}

}
