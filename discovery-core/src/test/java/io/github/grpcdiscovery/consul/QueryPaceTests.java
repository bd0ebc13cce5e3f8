package io.github.grpcdiscovery.consul;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class QueryPaceTests {

	private static final long MINUTE = Duration.ofMinutes(1).toNanos();

	// close to the overflow on purpose
	private long now = Long.MAX_VALUE - MINUTE / 2;

	@Test
	void changesAreFollowedAtOnce() {
		QueryPace pace = new QueryPace(this.now);
		for (int i = 0; i < 10; i++) {
			assertThat(pace.pause(true, this.now, 0.5)).isZero();
		}
		assertThat(pace.pause(true, this.now, 0.5)).isEqualTo(Duration.ofMillis(100));
	}

	@Test
	void stormOfChangesIsFollowedTenTimesASecond() {
		assertThat(requestsInAMinute(true)).isBetween(600, 611);
	}

	@Test
	void answersThatSayNothingAreFollowedOnceASecond() {
		assertThat(requestsInAMinute(false)).isBetween(50, 62);
	}

	private int requestsInAMinute(boolean useful) {
		QueryPace pace = new QueryPace(this.now);
		int requests = 0;
		for (long end = this.now + MINUTE; end - this.now > 0; requests++) {
			this.now += pace.pause(useful, this.now, 0).toNanos();
		}
		return requests;
	}

	@Test
	void fleetDoesNotAskInStep() {
		QueryPace one = new QueryPace(this.now);
		QueryPace other = new QueryPace(this.now);
		Duration slow = Duration.ZERO;
		Duration fast = Duration.ZERO;
		for (int i = 0; i < 5; i++) {
			slow = one.pause(false, this.now, 0.99);
			fast = other.pause(false, this.now, 0);
		}
		assertThat(slow).isGreaterThan(fast);
	}

}
