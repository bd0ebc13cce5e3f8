package io.github.grpcdiscovery.benchmarks;

import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link Samples}: what the promises are held against.
 */
class SamplesTests {

	@Test
	void percentilesAreThoseOfTheSortedValues() {
		Samples samples = samples(LongStream.rangeClosed(1, 100).map((i) -> 101 - i));
		assertThat(samples.size()).isEqualTo(100);
		assertThat(samples.median()).isEqualTo(50.5);
		assertThat(samples.percentile(90)).isEqualTo(90);
		assertThat(samples.percentile(99)).isEqualTo(99);
		assertThat(samples.percentile(100)).isEqualTo(100);
	}

	@Test
	void theMedianOfAnOddNumberIsTheOneInTheMiddle() {
		assertThat(samples(LongStream.of(9, 1, 4)).median()).isEqualTo(4);
	}

	@Test
	void nothingThatWasForgottenCounts() {
		Samples samples = samples(LongStream.range(0, 1000));
		samples.clear();
		samples.add(2_000_000);
		assertThat(samples.size()).isOne();
		assertThat(samples.show(99)).isEqualTo("2.00 ms");
	}

	@Test
	void theIntervalHoldsTheRatioAndNarrowsWithTheNumber() {
		double[] few = samples(LongStream.rangeClosed(100, 110))
			.ratioInterval(samples(LongStream.rangeClosed(200, 220)));
		double[] many = samples(LongStream.range(0, 1000).map((i) -> 100 + i % 11))
			.ratioInterval(samples(LongStream.range(0, 1000).map((i) -> 200 + i % 21)));
		assertThat(few[0]).isLessThan(0.5);
		assertThat(few[1]).isGreaterThan(0.5);
		assertThat(many[1] - many[0]).isLessThan(few[1] - few[0]);
	}

	private static Samples samples(LongStream millis) {
		Samples samples = new Samples();
		millis.forEach((value) -> samples.add(value * 1_000_000));
		return samples;
	}

}
