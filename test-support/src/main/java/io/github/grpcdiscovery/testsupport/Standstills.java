package io.github.grpcdiscovery.testsupport;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * When this JVM did not run, as a thread knows that was to wake and did not. Nothing that
 * is under test runs on that thread, so that nothing of it can hold the thread up.
 * Thread-safe.
 */
final class Standstills implements AutoCloseable {

	private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(20);

	/** So much is any thread late on a busy machine. */
	private static final long LATE = TimeUnit.MILLISECONDS.toNanos(200);

	private final Queue<Span> spans = new ConcurrentLinkedQueue<>();

	private volatile long due = System.nanoTime() + INTERVAL;

	private volatile boolean closed;

	Standstills() {
		Thread thread = new Thread(this::run, "standstills");
		thread.setDaemon(true);
		thread.start();
	}

	private void run() {
		while (!this.closed) {
			long due = System.nanoTime() + INTERVAL;
			this.due = due;
			LockSupport.parkNanos(INTERVAL);
			long now = System.nanoTime();
			if (now - due > LATE) {
				this.spans.add(new Span(due, now));
			}
		}
	}

	/**
	 * For how long this JVM did not run.
	 * @param from beginning of a time, in nanoseconds
	 * @param to its end, not later than now
	 * @return the sum of all standstills in it, also of one that may not be over
	 */
	Duration between(long from, long to) {
		Span present = new Span(this.due, to);
		long nanos = (present.to - present.from > LATE) ? present.within(from, to) : 0;
		for (Span span : this.spans) {
			nanos += span.within(from, to);
		}
		return Duration.ofNanos(nanos);
	}

	@Override
	public void close() {
		this.closed = true;
	}

	private record Span(long from, long to) {

		long within(long begin, long end) {
			long offset = Math.max(this.from - begin, 0);
			return Math.max(Math.min(this.to - begin, end - begin) - offset, 0);
		}

	}

}
