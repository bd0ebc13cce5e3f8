package io.github.grpcdiscovery.internal.reconnect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.reconnect.FakeAttempts.FakeAttempt;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ReconnectLoopTests {

	private final FakeScheduler scheduler = new FakeScheduler();

	// half of each wait's upper bound
	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final FakeAttempts attempts = new FakeAttempts();

	private final List<String> heard = new ArrayList<>();

	private final ReconnectLoop.Listener listener = new ReconnectLoop.Listener() {

		@Override
		public void onActive() {
			ReconnectLoopTests.this.heard.add("active");
		}

		@Override
		public void onLost(RegistryException cause) {
			ReconnectLoopTests.this.heard.add("lost: " + cause.getMessage());
		}

	};

	private final ReconnectLoop connection = new ReconnectLoop("test", this.loop, Backoff.DEFAULT, this.attempts,
			this.listener);

	@Test
	void beginsOneAttemptHoweverOftenItIsStarted() {
		onLoop(this.connection::start);
		onLoop(this.connection::start);
		assertThat(this.attempts.count()).isEqualTo(1);
		assertThat(this.heard).isEmpty();
		assertState(ReconnectLoop.State.CONNECTING);
	}

	@Test
	void tellsOfContactOnce() {
		FakeAttempt attempt = start();
		report(attempt::active);
		report(attempt::active);
		assertThat(this.heard).containsExactly("active");
		assertState(ReconnectLoop.State.ACTIVE);
	}

	@Test
	void beginsAnotherAttemptAfterAWaitThatGrowsToItsCap() {
		start();
		for (int millis : List.of(50, 100, 200, 400, 800, 1600, 2500, 2500)) {
			int before = this.attempts.count();
			FakeAttempt attempt = this.attempts.last();
			report(() -> attempt.failed("gone"));
			assertThat(attempt.ends()).isEqualTo(1);
			assertState(ReconnectLoop.State.BACKING_OFF);
			this.scheduler.advance(Duration.ofMillis(millis - 1));
			assertThat(this.attempts.count()).isEqualTo(before);
			this.scheduler.advance(Duration.ofMillis(1));
			assertThat(this.attempts.count()).isEqualTo(before + 1);
		}
		assertThat(this.heard).hasSize(8).containsOnly("lost: gone");
	}

	@Test
	void longContactForgivesTheFailuresBeforeIt() {
		start();
		failTimes(6);
		report(this.attempts.last()::active);
		this.scheduler.advance(Duration.ofSeconds(5));
		FakeAttempt stable = this.attempts.last();
		report(() -> stable.failed("gone"));
		assertThat(this.scheduler.nextDelay()).isEqualTo(Duration.ofMillis(50));
	}

	@Test
	void shortContactForgivesNothing() {
		start();
		failTimes(6);
		report(this.attempts.last()::active);
		this.scheduler.advance(Duration.ofMillis(4999));
		FakeAttempt flapping = this.attempts.last();
		report(() -> flapping.failed("gone"));
		assertThat(this.scheduler.nextDelay()).isEqualTo(Duration.ofMillis(2500));
	}

	@Test
	void attemptThatKnowsWhenTheNextMakesSenseIsFollowedThen() {
		this.attempts.retryAfter(Duration.ofSeconds(4));
		FakeAttempt attempt = start();
		report(() -> attempt.context().failed(new RegistryAccessException("no permission", null)));
		assertThat(this.scheduler.nextDelay()).isEqualTo(Duration.ofSeconds(4));
		this.scheduler.advance(Duration.ofSeconds(4));
		assertThat(this.attempts.count()).isEqualTo(2);
	}

	@Test
	void errorThatSomebodyHasToMendIsTriedAgainAtLongIntervals() {
		FakeAttempt attempt = start();
		report(() -> attempt.context().failed(new RegistryAccessException("no permission", null)));
		assertThat(this.scheduler.nextDelay()).isEqualTo(Duration.ofSeconds(45));
	}

	@Test
	void attemptThatThrowsWhenItBeginsHasFailedAndIsEnded() {
		this.attempts.onBegin((context) -> {
			throw new RegistryException("refused", null);
		});
		FakeAttempt attempt = start();
		assertThat(attempt.ends()).isEqualTo(1);
		assertThat(this.heard).containsExactly("lost: refused");
		assertState(ReconnectLoop.State.BACKING_OFF);
	}

	@Test
	void unexpectedErrorIsAFailureThatNamesTheLoop() {
		this.attempts.onBegin((context) -> {
			throw new IllegalArgumentException("odd");
		});
		start();
		assertThat(this.heard).containsExactly("lost: test: unexpected error: java.lang.IllegalArgumentException: odd");
		this.heard.clear();
		this.attempts.onBegin((context) -> {
			throw new NoClassDefFoundError("missing");
		});
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(this.heard).isNotEmpty()
			.containsOnly("lost: test: unexpected error: java.lang.NoClassDefFoundError: missing");
	}

	@Test
	void attemptThatCannotBeMadeIsAFailure() {
		AtomicInteger calls = new AtomicInteger();
		ReconnectLoop connection = new ReconnectLoop("test", this.loop, Backoff.DEFAULT, () -> {
			calls.incrementAndGet();
			throw new IllegalStateException("cannot");
		}, this.listener);
		onLoop(connection::start);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(calls).hasValueGreaterThan(2);
		assertThat(this.heard).isNotEmpty()
			.containsOnly("lost: test: unexpected error: java.lang.IllegalStateException: cannot");
	}

	@Test
	void whatComesLateFromADeadAttemptIsDropped() {
		FakeAttempt dead = start();
		CompletableFuture<String> call = new CompletableFuture<>();
		CompletableFuture<String> failing = new CompletableFuture<>();
		AtomicInteger late = new AtomicInteger();
		onLoop(() -> {
			dead.context().await(call, (result) -> late.incrementAndGet());
			dead.context().await(failing, (result) -> late.incrementAndGet());
			dead.context().schedule(Duration.ofSeconds(1), late::incrementAndGet);
		});
		report(() -> dead.failed("gone"));
		this.scheduler.advance(Duration.ofMillis(50));
		assertThat(this.attempts.count()).isEqualTo(2);
		this.heard.clear();
		report(() -> call.complete("late"));
		report(() -> failing.completeExceptionally(new RegistryException("late", null)));
		report(() -> dead.context().execute(late::incrementAndGet));
		report(dead::active);
		report(() -> dead.failed("late"));
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(late).hasValue(0);
		assertThat(this.heard).isEmpty();
		assertThat(this.attempts.count()).isEqualTo(2);
		assertThat(dead.ends()).isEqualTo(1);
		assertState(ReconnectLoop.State.CONNECTING);
	}

	@Test
	void resultOfACallIsTakenOnTheLoop() {
		FakeAttempt attempt = start();
		CompletableFuture<String> call = new CompletableFuture<>();
		List<String> results = new ArrayList<>();
		attempt.context().await(call, (result) -> {
			this.loop.requireInLoop();
			results.add(result);
		});
		call.complete("answer");
		assertThat(results).isEmpty();
		this.scheduler.runDue();
		assertThat(results).containsExactly("answer");
	}

	@Test
	void failedCallFailsTheAttemptWithItsOwnError() {
		FakeAttempt attempt = start();
		report(() -> attempt.context()
			.await(CompletableFuture.failedFuture(new CompletionException(new RegistryException("refused", null))),
					(result) -> {
					}));
		assertThat(this.heard).containsExactly("lost: refused");
	}

	@Test
	void taskThatThrowsFailsTheAttempt() {
		FakeAttempt attempt = start();
		report(() -> attempt.context().execute(() -> {
			throw new RegistryException("odd", null);
		}));
		assertThat(this.heard).containsExactly("lost: odd");
	}

	@Test
	void cancelledTimerDoesNotRun() {
		FakeAttempt attempt = start();
		AtomicInteger runs = new AtomicInteger();
		onLoop(() -> {
			EventLoop.Timer timer = attempt.context().schedule(Duration.ofSeconds(1), runs::incrementAndGet);
			attempt.context().schedule(Duration.ofSeconds(1), runs::incrementAndGet);
			timer.cancel();
			timer.cancel();
		});
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(runs).hasValue(1);
	}

	@Test
	void closeEndsTheAttemptAndLeavesNothingWaiting() {
		FakeAttempt attempt = start();
		onLoop(() -> attempt.context().schedule(Duration.ofSeconds(1), () -> {
		}));
		onLoop(this.connection::close);
		onLoop(this.connection::close);
		assertThat(attempt.ends()).isEqualTo(1);
		assertThat(this.scheduler.pendingTasks()).isZero();
		report(attempt::active);
		report(() -> attempt.failed("late"));
		onLoop(this.connection::start);
		this.scheduler.advance(Duration.ofMinutes(10));
		assertThat(this.attempts.count()).isEqualTo(1);
		assertThat(this.heard).isEmpty();
		assertState(ReconnectLoop.State.CLOSED);
	}

	@Test
	void closeWhileWaitingBeginsNoOther() {
		FakeAttempt attempt = start();
		report(() -> attempt.failed("gone"));
		onLoop(this.connection::close);
		assertThat(this.scheduler.pendingTasks()).isZero();
		assertThat(attempt.ends()).isEqualTo(1);
	}

	@Test
	void attemptThatCannotBeEndedCleanlyHarmsNothing() {
		Attempt stubborn = new Attempt() {

			@Override
			public void begin(AttemptContext context) {
				context.failed(new RegistryException("gone", null));
			}

			@Override
			public void end() {
				throw new IllegalStateException("stubborn");
			}

		};
		AtomicInteger made = new AtomicInteger();
		ReconnectLoop connection = new ReconnectLoop("test", this.loop, Backoff.DEFAULT, () -> {
			made.incrementAndGet();
			return stubborn;
		}, this.listener);
		onLoop(connection::start);
		this.scheduler.advance(Duration.ofMillis(200));
		assertThat(made).hasValueGreaterThan(1);
	}

	@Test
	void listenerThatThrowsDoesNotStopTheLoop() {
		ReconnectLoop connection = new ReconnectLoop("test", this.loop, Backoff.DEFAULT, this.attempts,
				new ReconnectLoop.Listener() {

					@Override
					public void onActive() {
						throw new IllegalStateException("on purpose");
					}

					@Override
					public void onLost(RegistryException cause) {
						throw new IllegalStateException("on purpose");
					}

				});
		onLoop(connection::start);
		report(this.attempts.last()::active);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.attempts.count()).isEqualTo(2);
	}

	@Test
	void refusesOtherThreads() {
		assertThatIllegalStateException().isThrownBy(this.connection::start);
		assertThatIllegalStateException().isThrownBy(this.connection::close);
		assertThatIllegalStateException().isThrownBy(this.connection::state);
	}

	private FakeAttempt start() {
		onLoop(this.connection::start);
		return this.attempts.last();
	}

	private void failTimes(int times) {
		for (int i = 0; i < times; i++) {
			FakeAttempt attempt = this.attempts.last();
			report(() -> attempt.failed("gone"));
			this.scheduler.advance(Duration.ofSeconds(5));
		}
	}

	private void report(Runnable report) {
		report.run();
		this.scheduler.runDue();
	}

	private void onLoop(Runnable task) {
		this.loop.execute(task);
		this.scheduler.runDue();
	}

	private void assertState(ReconnectLoop.State state) {
		onLoop(() -> this.heard.add("state: " + this.connection.state()));
		assertThat(this.heard.remove(this.heard.size() - 1)).isEqualTo("state: " + state);
	}

}
