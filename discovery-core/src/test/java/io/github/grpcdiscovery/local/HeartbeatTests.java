package io.github.grpcdiscovery.local;

import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class HeartbeatTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private final FakeScheduler time = new FakeScheduler();

	@Test
	void firstSightTrustsTheWallClock() {
		assertThat(first(NOW.minusSeconds(3))).isEqualTo(Duration.ofSeconds(3));
		assertThat(first(NOW)).isZero();
	}

	@Test
	void timesThatCannotBeAreTakenWithCalm() {
		assertThat(first(NOW.plusSeconds(3600))).isZero();
		assertThat(first(Instant.MAX)).isZero();
		assertThat(first(Instant.EPOCH)).isEqualTo(Duration.ofDays(30));
		assertThat(first(Instant.MIN)).isEqualTo(Duration.ofDays(30));
	}

	@Test
	void afterThatOnlyAChangeCounts() {
		Heartbeat sighting = new Heartbeat(FileTime.from(NOW), NOW, this.time.nanoTime());
		this.time.advance(Duration.ofMinutes(20));
		assertThat(sighting.seen(FileTime.from(NOW), this.time.nanoTime())).isFalse();
		assertThat(sighting.age(this.time.nanoTime())).isEqualTo(Duration.ofMinutes(20));
		// the clock was set back by an hour; the process is alive all the same
		FileTime earlier = FileTime.from(NOW.minusSeconds(3600));
		assertThat(sighting.seen(earlier, this.time.nanoTime())).isTrue();
		assertThat(sighting.age(this.time.nanoTime())).isZero();
		assertThat(sighting.modified()).isEqualTo(earlier);
	}

	@Test
	void knowsHowLongItHasWatchedItself() {
		Heartbeat sighting = new Heartbeat(FileTime.from(NOW.minusSeconds(3600)), NOW, this.time.nanoTime());
		this.time.advance(Duration.ofSeconds(2));
		assertThat(sighting.age(this.time.nanoTime())).isEqualTo(Duration.ofSeconds(3602));
		assertThat(sighting.watchedUntouched(this.time.nanoTime())).isEqualTo(Duration.ofSeconds(2));
		sighting.seen(FileTime.from(NOW), this.time.nanoTime());
		assertThat(sighting.watchedUntouched(this.time.nanoTime())).isZero();
	}

	private Duration first(Instant modified) {
		return new Heartbeat(FileTime.from(modified), NOW, this.time.nanoTime()).age(this.time.nanoTime());
	}

}
