package io.github.grpcdiscovery.spi;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class EventLoopTests {

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop faked = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	@Test
	void runsTasksInOrderOnOneNamedDaemonThread() {
		try (EventLoop loop = EventLoop.start("loop-under-test")) {
			List<Integer> order = new CopyOnWriteArrayList<>();
			List<Thread> threads = new CopyOnWriteArrayList<>();
			for (int i = 0; i < 1000; i++) {
				int number = i;
				loop.execute(() -> {
					order.add(number);
					threads.add(Thread.currentThread());
				});
			}
			Conditions.eventually(() -> assertThat(order).hasSize(1000));
			assertThat(order).isEqualTo(IntStream.range(0, 1000).boxed().toList());
			assertThat(threads.stream().distinct()).singleElement()
				.satisfies((thread) -> assertThat(thread.isDaemon()).isTrue())
				.satisfies((thread) -> assertThat(thread.getName()).isEqualTo("loop-under-test"));
		}
	}

	@Test
	void startsNoThreadBeforeTheFirstTask() {
		try (EventLoop loop = EventLoop.start("loop-never-used")) {
			loop.nanoTime();
			assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.doesNotContain("loop-never-used");
		}
	}

	@Test
	void taskThatThrowsIsLoggedAndHarmsNoOther() {
		try (CapturedLog log = new CapturedLog(EventLoop.class); EventLoop loop = EventLoop.start("loop-under-test")) {
			CompletableFuture<Void> next = new CompletableFuture<>();
			loop.execute(() -> {
				throw new IllegalStateException("on purpose");
			});
			loop.execute(() -> {
				throw new StackOverflowError("on purpose");
			});
			loop.execute(() -> next.complete(null));
			assertThat(next).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
			assertThat(log.errors()).hasSize(2);
		}
	}

	@Test
	void closeLetsGivenTasksEndAndDropsLaterOnes() {
		EventLoop loop = EventLoop.start("loop-under-test");
		AtomicBoolean given = new AtomicBoolean();
		AtomicBoolean later = new AtomicBoolean();
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		loop.execute(() -> {
			begun.countDown();
			awaitQuietly(goOn);
		});
		loop.execute(() -> given.set(true));
		loop.schedule(Duration.ofMinutes(1), () -> later.set(true));
		awaitQuietly(begun);
		goOn.countDown();
		loop.close();
		loop.close();
		assertThat(given).isTrue();
		assertThat(later).isFalse();
		assertThat(loop.offer(() -> later.set(true))).isFalse();
		loop.execute(() -> later.set(true));
		loop.schedule(Duration.ZERO, () -> later.set(true)).cancel();
		assertThat(later).isFalse();
	}

	@Test
	void closeByItsOwnTaskDoesNotWaitForItself() {
		EventLoop loop = EventLoop.start("loop-under-test");
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		loop.execute(() -> {
			loop.close();
			interrupted.complete(Thread.currentThread().isInterrupted());
		});
		assertThat(interrupted).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30))).isEqualTo(false);
	}

	@Test
	void closeByAnInterruptedThreadReturnsAndStaysInterrupted() {
		EventLoop loop = EventLoop.start("loop-under-test");
		CountDownLatch goOn = new CountDownLatch(1);
		loop.execute(() -> awaitQuietly(goOn));
		Thread.currentThread().interrupt();
		loop.close();
		assertThat(Thread.interrupted()).isTrue();
		goOn.countDown();
	}

	@Test
	void knowsWhetherTheCallerIsOnTheLoop() {
		assertThatIllegalStateException().isThrownBy(this.faked::requireInLoop)
			.withMessage("called by thread '%s' (expected: the event loop's)", Thread.currentThread().getName());
		AtomicInteger passed = new AtomicInteger();
		this.faked.execute(() -> {
			this.faked.requireInLoop();
			assertThat(this.faked.inLoop()).isTrue();
			passed.incrementAndGet();
		});
		this.scheduler.runDue();
		assertThat(passed).hasValue(1);
		assertThatIllegalStateException().isThrownBy(this.faked::requireInLoop);
	}

	@Test
	void timersWaitAndAreForgottenWhenCancelled() {
		AtomicInteger runs = new AtomicInteger();
		this.faked.schedule(Duration.ofSeconds(1), runs::incrementAndGet);
		EventLoop.Timer cancelled = this.faked.schedule(Duration.ofSeconds(1), runs::incrementAndGet);
		cancelled.cancel();
		cancelled.cancel();
		assertThat(this.scheduler.pendingTasks()).isEqualTo(1);
		this.scheduler.advance(Duration.ofMillis(999));
		assertThat(runs).hasValue(0);
		this.scheduler.advance(Duration.ofMillis(1));
		assertThat(runs).hasValue(1);
	}

	@Test
	void measuresTimeAcrossTheOverflowOfTheClock() {
		long before = this.faked.nanoTime();
		this.scheduler.advance(Duration.ofHours(1));
		assertThat(this.faked.since(before)).isEqualTo(Duration.ofHours(1));
		assertThat(this.faked.nanoTime()).isLessThan(before);
	}

	@Test
	void jitterIsAFifthAtMost() {
		assertThat(jittered(0)).isEqualTo(Duration.ofSeconds(8));
		assertThat(jittered(0.5)).isEqualTo(Duration.ofSeconds(10));
		assertThat(jittered(Math.nextDown(1.0))).isBetween(Duration.ofMillis(11_999), Duration.ofSeconds(12));
	}

	private Duration jittered(double random) {
		return new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> random).jittered(Duration.ofSeconds(10));
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
