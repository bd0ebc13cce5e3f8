package io.github.grpcdiscovery.testsupport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@SuppressWarnings("FutureReturnValueIgnored")
class FakeSchedulerTests {

	private final FakeScheduler scheduler = new FakeScheduler();

	private final long start = this.scheduler.nanoTime();

	private final List<String> ran = new ArrayList<>();

	@Test
	void nothingRunsByItself() {
		this.scheduler.execute(() -> note("a"));
		assertThat(this.ran).isEmpty();
		assertThat(this.scheduler.pendingTasks()).isEqualTo(1);
		assertThat(this.scheduler.nextDelay()).isZero();
		assertThat(this.scheduler.runDue()).isEqualTo(1);
		assertThat(this.ran).containsExactly("a at 0");
		assertThat(this.scheduler.nextDelay()).isNull();
	}

	@Test
	void advanceRunsTasksInOrderEachAtItsOwnTime() {
		this.scheduler.schedule(() -> note("late"), 3, TimeUnit.SECONDS);
		this.scheduler.schedule(() -> note("early"), 1, TimeUnit.SECONDS);
		this.scheduler.schedule(() -> note("early too"), 1, TimeUnit.SECONDS);
		this.scheduler.schedule(() -> note("never"), 5, TimeUnit.SECONDS);
		assertThat(this.scheduler.advance(Duration.ofSeconds(4))).isEqualTo(3);
		assertThat(this.ran).containsExactly("early at 1", "early too at 1", "late at 3");
		assertThat(this.scheduler.nextDelay()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void advanceRunsWhatTasksSubmitOnTheWay() {
		this.scheduler.schedule(() -> this.scheduler.schedule(() -> note("inner"), 1, TimeUnit.SECONDS), 1,
				TimeUnit.SECONDS);
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(this.ran).containsExactly("inner at 2");
	}

	@Test
	void timeRunsOverTheEndOfLong() {
		this.scheduler.scheduleAtFixedRate(() -> note("tick"), 30, 30, TimeUnit.MINUTES);
		this.scheduler.advance(Duration.ofHours(1));
		assertThat(this.scheduler.nanoTime()).isNegative();
		assertThat(this.ran).containsExactly("tick at 1800", "tick at 3600");
	}

	@Test
	void fixedRateKeepsItsPaceAndFixedDelayItsDistance() {
		this.scheduler.scheduleAtFixedRate(() -> {
			note("rate");
			this.scheduler.advance(Duration.ofSeconds(1));
		}, 0, 2, TimeUnit.SECONDS);
		this.scheduler.advance(Duration.ofSeconds(4));
		assertThat(this.ran).containsExactly("rate at 0", "rate at 2", "rate at 4");
		FakeScheduler other = new FakeScheduler();
		List<Long> delays = new ArrayList<>();
		other.scheduleWithFixedDelay(() -> {
			delays.add(Duration.ofNanos(other.nanoTime() - this.start).toSeconds());
			other.advance(Duration.ofSeconds(1));
		}, 0, 2, TimeUnit.SECONDS);
		other.advance(Duration.ofSeconds(7));
		assertThat(delays).containsExactly(0L, 3L, 6L);
	}

	@Test
	void cancelledTaskNeitherRunsNorWaits() {
		ScheduledFuture<?> once = this.scheduler.schedule(() -> note("once"), 1, TimeUnit.SECONDS);
		ScheduledFuture<?> often = this.scheduler.scheduleAtFixedRate(() -> note("often"), 1, 1, TimeUnit.SECONDS);
		assertThat(once.cancel(false)).isTrue();
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(often.cancel(false)).isTrue();
		assertThat(this.scheduler.pendingTasks()).isZero();
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(this.ran).containsExactly("often at 1", "often at 2");
	}

	@Test
	void periodicTaskMayCancelItself() {
		List<ScheduledFuture<?>> self = new ArrayList<>();
		self.add(this.scheduler.scheduleWithFixedDelay(() -> {
			note("tick");
			self.get(0).cancel(false);
		}, 1, 1, TimeUnit.SECONDS));
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(this.ran).containsExactly("tick at 1");
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	@Test
	void failureOfAnExecutedTaskComesOut() {
		this.scheduler.execute(() -> {
			throw new IllegalStateException("broken");
		});
		assertThatIllegalStateException().isThrownBy(this.scheduler::runDue).withMessage("broken");
	}

	@Test
	void failureOfAnyOtherTaskStaysInItsFuture() {
		ScheduledFuture<?> once = this.scheduler.schedule(() -> {
			throw new IllegalStateException("broken");
		}, 0, TimeUnit.SECONDS);
		this.scheduler.runDue();
		assertThat(once.isDone()).isTrue();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(once::get);
	}

	@Test
	void submittedTaskReturnsItsResult() throws Exception {
		Future<String> result = this.scheduler.submit(() -> "done");
		this.scheduler.runDue();
		assertThat(result.get()).isEqualTo("done");
	}

	@Test
	void shutdownEndsPeriodicTasksAndLetsTheOthersRun() {
		this.scheduler.scheduleAtFixedRate(() -> note("often"), 1, 1, TimeUnit.SECONDS);
		this.scheduler.schedule(() -> note("once"), 2, TimeUnit.SECONDS);
		this.scheduler.shutdown();
		assertThat(this.scheduler.isTerminated()).isFalse();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> this.scheduler.execute(() -> {
		}));
		this.scheduler.advance(Duration.ofSeconds(3));
		assertThat(this.ran).containsExactly("once at 2");
		assertThat(this.scheduler.isTerminated()).isTrue();
	}

	@Test
	void shutdownNowDropsEverything() {
		this.scheduler.schedule(() -> note("once"), 2, TimeUnit.SECONDS);
		assertThat(this.scheduler.shutdownNow()).hasSize(1);
		this.scheduler.advance(Duration.ofSeconds(3));
		assertThat(this.ran).isEmpty();
		assertThat(this.scheduler.isTerminated()).isTrue();
	}

	@Test
	void timeDoesNotRunBackwards() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.scheduler.advance(Duration.ofSeconds(-1)))
			.withMessage("duration: PT-1S (expected: >= 0s)");
	}

	private void note(String what) {
		this.ran.add(what + " at " + Duration.ofNanos(this.scheduler.nanoTime() - this.start).toSeconds());
	}

}
