package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Indexes of all kinds, and how often they have the agent queried.
 */
class ConsulWatchIndexTests extends ConsulWatchFixture {

	@Test
	void endOfAWaitIsNoChange() {
		run();
		answerWith(answer(10, 1));
		for (int i = 0; i < 10; i++) {
			this.scheduler.advance(Duration.ofSeconds(57));
			answerWith(answer(10, 1));
			assertThat(this.api.query().request.index()).isEqualTo(10);
		}
		assertThat(this.listener.lists()).hasSize(1);
	}

	@Test
	void agentThatAnswersAtOnceWhateverIsAskedIsNotAskedInATightLoop() {
		run();
		answerWith(answer(10, 1));
		assertAskedAboutOnceASecond(() -> answer(10, 1));
	}

	@Test
	@Proves({ "F34", "I41" })
	void indexThatIsAbsentIsAskedForOnceASecond() {
		run();
		answerWith(answer(0, 1));
		assertAskedAboutOnceASecond(() -> answer(0, 1));
		assertThat(this.api.queries).allMatch((query) -> query.request.index() == 0);
		answerWith(answer(0, 1, 2));
		assertThat(ports()).containsExactly(1, 2);
	}

	@Test
	@Proves({ "F34", "I41" })
	void indexThatRunsBackwardsIsAskedForOnceASecond() {
		run();
		answerWith(answer(1_000_000, 1));
		AtomicInteger index = new AtomicInteger(1_000_000);
		assertAskedAboutOnceASecond(() -> answer(index.decrementAndGet(), 1));
		assertThat(ports()).containsExactly(1);
	}

	@Test
	@Proves("I41")
	void indexThatIsHugeHarmsNothing() {
		run();
		answerWith(answer(-1, 1));
		assertThat(this.api.query().request.index()).isEqualTo(-1);
		assertAskedAboutOnceASecond(() -> answer(-1, 1));
		answerWith(answer(5, 1, 2));
		assertThat(ports()).containsExactly(1, 2);
		run();
		assertThat(this.api.query().request.index()).isZero();
	}

	private void assertAskedAboutOnceASecond(Supplier<HealthAnswer> answers) {
		int before = this.api.queries.size();
		for (int i = 0; i < 600; i++) {
			if (this.api.isAsked()) {
				this.api.query().answer(answers.get());
				run();
			}
			this.scheduler.advance(Duration.ofMillis(100));
		}
		assertThat(this.api.queries.size() - before).isBetween(40, 62);
		this.scheduler.advance(Duration.ofSeconds(2));
	}

	@Test
	@Proves({ "F34", "I41" })
	void indexThatWentBackwardsIsForgotten() {
		run();
		answerWith(answer(20, 1));
		answerWith(answer(12, 1));
		assertThat(this.api.query().request.index()).isZero();
		answerWith(answer(12, 1));
		assertThat(this.api.query().request.index()).isEqualTo(12);
	}

}
