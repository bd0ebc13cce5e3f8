package io.github.grpcdiscovery.samples.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The calls of the last ten seconds, and the last few in any case. Safe for use by any
 * thread.
 */
@Component
class CallLog {

	static final Duration WINDOW = Duration.ofSeconds(10);

	private static final int ALWAYS_KEPT = 50;

	private final Clock clock;

	private final Deque<Entry> entries = new ArrayDeque<>(); // newest first; guarded by
																// this

	@Autowired
	CallLog() {
		this(Clock.systemUTC());
	}

	CallLog(Clock clock) {
		this.clock = clock;
	}

	/**
	 * A call begins.
	 * @param method what is called
	 * @return told how it ended
	 */
	Call begin(String method) {
		return new Call(method, this.clock.instant(), System.nanoTime());
	}

	private synchronized void add(Entry entry) {
		this.entries.addFirst(entry);
		Instant oldest = this.clock.instant().minus(WINDOW);
		while (this.entries.size() > ALWAYS_KEPT && this.entries.getLast().began().isBefore(oldest)) {
			this.entries.removeLast();
		}
	}

	/**
	 * The last calls, newest first.
	 * @param count how many at most
	 * @return a copy
	 */
	synchronized List<Entry> last(int count) {
		return this.entries.stream().limit(count).toList();
	}

	/**
	 * The calls that began in the last ten seconds, newest first.
	 * @return a copy
	 */
	synchronized List<Entry> recent() {
		Instant oldest = this.clock.instant().minus(WINDOW);
		return this.entries.stream().filter((entry) -> !entry.began().isBefore(oldest)).toList();
	}

	/**
	 * One call that ended.
	 *
	 * @param began when it began
	 * @param method what was called
	 * @param servedBy who answered; {@code null} if it failed
	 * @param status the gRPC status code
	 * @param millis how long it took
	 */
	record Entry(Instant began, String method, @Nullable String servedBy, Status.Code status, long millis) {
	}

	/** One call under way. */
	final class Call {

		private final String method;

		private final Instant began;

		private final long beganNanos;

		private Call(String method, Instant began, long beganNanos) {
			this.method = method;
			this.began = began;
			this.beganNanos = beganNanos;
		}

		void answered(String servedBy) {
			ended(servedBy, Status.Code.OK);
		}

		void failed(Status status) {
			ended(null, status.getCode());
		}

		private void ended(@Nullable String servedBy, Status.Code status) {
			long millis = Duration.ofNanos(System.nanoTime() - this.beganNanos).toMillis();
			add(new Entry(this.began, this.method, servedBy, status, millis));
		}

	}

}
