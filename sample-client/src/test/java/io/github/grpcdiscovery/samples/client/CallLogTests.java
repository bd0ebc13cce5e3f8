package io.github.grpcdiscovery.samples.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

import io.grpc.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallLog}.
 */
class CallLogTests {

	private final SettableClock clock = new SettableClock();

	private final CallLog calls = new CallLog(this.clock);

	@Test
	void showsTheNewestFirst() {
		this.calls.begin("one").answered("a");
		this.calls.begin("two").failed(Status.UNAVAILABLE);
		assertThat(this.calls.last(10)).extracting(CallLog.Entry::method).containsExactly("two", "one");
		assertThat(this.calls.last(1)).singleElement().satisfies((entry) -> {
			assertThat(entry.servedBy()).isNull();
			assertThat(entry.status()).isEqualTo(Status.Code.UNAVAILABLE);
		});
	}

	@Test
	void afterTenSecondsACallIsNoLongerRecent() {
		this.calls.begin("old").answered("a");
		this.clock.now = this.clock.now.plus(CallLog.WINDOW).plusMillis(1);
		this.calls.begin("new").answered("a");
		assertThat(this.calls.recent()).extracting(CallLog.Entry::method).containsExactly("new");
		assertThat(this.calls.last(10)).hasSize(2);
	}

	@Test
	void keepsNoMoreThanItShows() {
		for (int i = 0; i < 1000; i++) {
			this.calls.begin("old").answered("a");
		}
		this.clock.now = this.clock.now.plus(Duration.ofMinutes(1));
		this.calls.begin("new").answered("a");
		assertThat(this.calls.last(1000)).hasSize(50);
	}

	private static final class SettableClock extends Clock {

		private Instant now = Instant.EPOCH;

		@Override
		public Instant instant() {
			return this.now;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			throw new UnsupportedOperationException();
		}

	}

}
