package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.Arrays;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ScheduleTests {

	@Test
	void equalServersTakeTurnsAlsoWhenTheCounterOverflows() {
		Schedule schedule = Schedule.of(new double[] { 5, 5, 5 }, new Schedule.Turns(-2));
		assertThat(IntStream.range(0, 5).map((i) -> schedule.next()).toArray()).containsExactly(2, 0, 0, 1, 2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 12_345, Integer.MAX_VALUE - 500, Integer.MIN_VALUE })
	void weightsAreExactAfterFewTurns(int first) {
		double[] weights = { 1, 2, 7, 90 };
		Schedule schedule = Schedule.of(weights, new Schedule.Turns(first));
		int[] turns = new int[weights.length];
		for (int i = 1; i <= 1000; i++) {
			turns[schedule.next()]++;
			if (i == 100) {
				assertThat(turns[3]).isBetween(88, 92);
			}
		}
		assertThat(turns[0]).isBetween(8, 12);
		assertThat(turns[1]).isBetween(18, 22);
		assertThat(turns[2]).isBetween(67, 73);
	}

	@Test
	void tenThousandServersOfManyWeightsHaveTheirTurns() {
		double[] weights = IntStream.range(0, 10_000).mapToDouble((i) -> 1 + i % 1000).toArray();
		Schedule schedule = Schedule.of(weights, new Schedule.Turns(0));
		double[] turns = new double[weights.length];
		IntStream.range(0, 5_000_000).forEach((i) -> turns[schedule.next()]++);
		double sum = Arrays.stream(weights).sum();
		for (int i = 0; i < weights.length; i++) {
			assertThat(turns[i]).isBetween(5_000_000 * weights[i] / sum - 5, 5_000_000 * weights[i] / sum + 5);
		}
	}

}
