package io.github.grpcdiscovery.benchmarks.balancing;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests of {@link CallLog}: what the promises are held against.
 */
class CallLogTests {

	private final CallLog log = new CallLog(List.of(call(30, 1, false), call(10, 0, true), call(20, 0, true),
			call(40, Call.NOBODY, false), call(50, 1, true)));

	@Test
	void aTimeHoldsTheCallsThatBeganInIt() {
		assertThat(this.log.begun(20, 50).size()).isEqualTo(3);
		assertThat(this.log.since(20).size()).isEqualTo(4);
	}

	@Test
	void theLastFailedCallIsTheOneThatBeganLast() {
		assertThat(this.log.failed().size()).isEqualTo(2);
		assertThat(this.log.failed().lastBegan()).hasValue(40);
		assertThat(this.log.begun(0, 30).failed().lastBegan()).isEmpty();
	}

	@Test
	void sharesCountCallsThatFailedAndNoneThatWentNowhere() {
		assertThat(this.log.shares(3)).containsExactly(0.5, 0.5, 0);
		assertThat(new CallLog(List.of()).shares(2)).containsExactly(0, 0);
	}

	@Test
	void theWorstDeviationIsInProportionToTheExpectedShare() {
		assertThat(CallLog.worstDeviation(new double[] { 0.11, 0.2, 0.69 }, 1, 2, 7)).isCloseTo(0.1, within(1e-9));
		assertThat(CallLog.worstDeviation(new double[] { 0.5, 0.5 }, 100, 100)).isZero();
	}

	@Test
	void timesAreThoseOfAnsweredCalls() {
		assertThat(this.log.times().size()).isEqualTo(3);
		assertThat(this.log.times().median()).isEqualTo(5 / 1e6);
	}

	@Test
	void theFirstRowIsTheEarliestThatMeetsTheCondition() {
		assertThat(this.log.firstRow(2, (row) -> row.shares(2)[1] > 0)).hasValue(20);
		assertThat(this.log.firstRow(2, (row) -> row.failed().size() == 2)).hasValue(30);
		assertThat(this.log.firstRow(6, (row) -> true)).isEmpty();
	}

	private static Call call(long began, int server, boolean answered) {
		return new Call(began, began + 5, server, answered);
	}

}
