package io.github.grpcdiscovery.internal.retry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RetryBudgetTests {

	private final AtomicLong now = new AtomicLong(-17);

	private final RetryBudget budget = new RetryBudget(this.now::get);

	@Test
	void fewCallsMayBeMadeAgainAHundredTimesInTenSeconds() {
		assertThat(spendAll()).isEqualTo(100);
		pass(Duration.ofSeconds(9));
		assertThat(spendAll()).isZero();
		pass(Duration.ofSeconds(1));
		assertThat(spendAll()).isEqualTo(100);
	}

	@Test
	void oneOfFiveCallsMayBeMadeAgain() {
		call(5000);
		assertThat(spendAll()).isEqualTo(1100);
		call(500);
		assertThat(spendAll()).isEqualTo(100);
	}

	@Test
	void callsCountForTenSeconds() {
		call(5000);
		pass(Duration.ofSeconds(5));
		call(1000);
		assertThat(spendAll()).isEqualTo(1300);
		pass(Duration.ofSeconds(5));
		// of that second only: those that were made again still count
		assertThat(spendAll()).isZero();
		pass(Duration.ofSeconds(5));
		assertThat(spendAll()).isEqualTo(100);
	}

	@Test
	void longPauseForgetsEverything() {
		call(5000);
		spendAll();
		pass(Duration.ofDays(40_000));
		assertThat(spendAll()).isEqualTo(100);
	}

	private void call(int times) {
		for (int i = 0; i < times; i++) {
			this.budget.called();
		}
	}

	private int spendAll() {
		int spent = 0;
		while (this.budget.spend()) {
			spent++;
		}
		return spent;
	}

	private void pass(Duration time) {
		this.now.addAndGet(time.toNanos());
	}

}
