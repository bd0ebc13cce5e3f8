package io.github.grpcdiscovery.testsupport;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.awaitility.core.ThrowingRunnable;

import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes so many calls a second whatever becomes of them, every other one wait-for-ready,
 * and keeps what became of each. A call that was late because this JVM did not run says
 * nothing of anybody, and is counted apart.
 */
public final class SteadyCaller implements AutoCloseable {

	private static final Pattern REMOTE = Pattern.compile("remote_addr=[^/\\]]*(/[0-9.:]+)");

	private final Channel channel;

	private final MethodDescriptor<SayRequest, SayReply> method;

	private final long intervalNanos;

	private final Duration plainDeadline;

	private final Duration waitingDeadline;

	private final Queue<Outcome> failures = new ConcurrentLinkedQueue<>();

	private final Queue<Outcome> answers = new ConcurrentLinkedQueue<>();

	private final Map<String, AtomicLong> answeredBy = new ConcurrentHashMap<>();

	private final AtomicLong made = new AtomicLong();

	private final AtomicLong ended = new AtomicLong();

	private final AtomicLong excused = new AtomicLong();

	private final Standstills standstills = new Standstills();

	private final Thread thread;

	private volatile boolean closed;

	private SteadyCaller(Channel channel, MethodDescriptor<SayRequest, SayReply> method, int callsPerSecond,
			Duration plainDeadline, Duration waitingDeadline) {
		this.channel = channel;
		this.method = method;
		this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / callsPerSecond;
		this.plainDeadline = plainDeadline;
		this.waitingDeadline = waitingDeadline;
		this.thread = new Thread(this::run, "steady-caller");
		this.thread.setDaemon(true);
	}

	/**
	 * Begins to call a method that may not be called twice.
	 * @param channel to whom
	 * @param callsPerSecond how often
	 * @param plainDeadline of plain calls
	 * @param waitingDeadline of wait-for-ready calls
	 * @return calls until it is closed
	 */
	public static SteadyCaller start(Channel channel, int callsPerSecond, Duration plainDeadline,
			Duration waitingDeadline) {
		return start(channel, EchoGrpc.getSayMethod(), callsPerSecond, plainDeadline, waitingDeadline);
	}

	/**
	 * Begins to call.
	 * @param channel to whom
	 * @param method what
	 * @param callsPerSecond how often
	 * @param plainDeadline of plain calls
	 * @param waitingDeadline of wait-for-ready calls
	 * @return calls until it is closed
	 */
	public static SteadyCaller start(Channel channel, MethodDescriptor<SayRequest, SayReply> method, int callsPerSecond,
			Duration plainDeadline, Duration waitingDeadline) {
		SteadyCaller caller = new SteadyCaller(channel, method, callsPerSecond, plainDeadline, waitingDeadline);
		caller.thread.start();
		return caller;
	}

	private void run() {
		long next = System.nanoTime();
		while (!this.closed) {
			call((this.made.getAndIncrement() & 1) == 1);
			next += this.intervalNanos;
			// what a busy machine made late is made up for, but not more than that
			next = Math.max(next, System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(200));
			LockSupport.parkNanos(next - System.nanoTime());
		}
	}

	private void call(boolean waitForReady) {
		Duration deadline = waitForReady ? this.waitingDeadline : this.plainDeadline;
		CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
		ClientCall<SayRequest, SayReply> call = this.channel.newCall(this.method,
				waitForReady ? options.withWaitForReady() : options);
		long began = System.nanoTime();
		call.start(new ClientCall.Listener<>() {

			private String by = "";

			@Override
			public void onMessage(SayReply reply) {
				this.by = reply.getText();
			}

			@Override
			public void onClose(Status status, Metadata trailers) {
				long ended = System.nanoTime();
				Outcome outcome = new Outcome(waitForReady, began, ended,
						server(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR), status), this.by, status);
				if (status.isOk()) {
					SteadyCaller.this.answers.add(outcome);
					SteadyCaller.this.answeredBy.computeIfAbsent(this.by, (key) -> new AtomicLong()).incrementAndGet();
				}
				else if (status.getCode() == Status.Code.DEADLINE_EXCEEDED && stoodStill(began, ended, deadline)) {
					SteadyCaller.this.excused.incrementAndGet();
				}
				else {
					SteadyCaller.this.failures.add(outcome);
				}
				SteadyCaller.this.ended.incrementAndGet();
			}

		}, new Metadata());
		call.request(1);
		call.sendMessage(SayRequest.getDefaultInstance());
		call.halfClose();
	}

	// the answer may wait in our own queues when the deadline is noticed
	private boolean stoodStill(long began, long ended, Duration deadline) {
		return this.standstills.between(began, ended).compareTo(deadline.dividedBy(4)) > 0;
	}

	/**
	 * Whether this JVM has run all the time, but for half a second at most.
	 * @param from beginning of the time, in nanoseconds
	 * @param to its end, not later than now
	 * @return whether who measured it may judge
	 */
	public boolean ran(long from, long to) {
		return this.standstills.between(from, to).compareTo(Duration.ofMillis(500)) <= 0;
	}

	private static String server(SocketAddress connected, Status status) {
		if (connected != null) {
			// with or without a host's name in front
			String text = connected.toString();
			return text.substring(Math.max(0, text.lastIndexOf('/')));
		}
		Matcher matcher = REMOTE.matcher(String.valueOf(status.getDescription()));
		return matcher.find() ? matcher.group(1) : "";
	}

	/**
	 * How often each server has answered so far.
	 * @return by what it answers
	 */
	public Map<String, Long> answeredBy() {
		Map<String, Long> answeredBy = new TreeMap<>();
		this.answeredBy.forEach((name, count) -> answeredBy.put(name, count.get()));
		return answeredBy;
	}

	/**
	 * What became of calls that were answered.
	 * @param filter which of them
	 * @return in the order in which they ended
	 */
	public List<Outcome> answers(Predicate<Outcome> filter) {
		return this.answers.stream().filter(filter).toList();
	}

	/**
	 * What became of calls that failed.
	 * @return in the order in which they ended
	 */
	public List<Outcome> failures() {
		return List.copyOf(this.failures);
	}

	/**
	 * What became of calls that failed and were begun at some time or later.
	 * @param nanoTime the time
	 * @return in the order in which they ended
	 */
	public List<Outcome> failuresBegunAfter(long nanoTime) {
		return this.failures.stream().filter((failure) -> failure.began() - nanoTime >= 0).toList();
	}

	/**
	 * How many calls were made.
	 * @return also those that have not ended
	 */
	public long made() {
		return this.made.get();
	}

	/**
	 * What became of calls that failed since it was last asked for, and forgets it and
	 * the answers.
	 * @return in the order in which they ended
	 */
	public List<Outcome> takeFailures() {
		this.answers.clear();
		List<Outcome> taken = new ArrayList<>();
		for (Outcome failure = this.failures.poll(); failure != null; failure = this.failures.poll()) {
			taken.add(failure);
		}
		return taken;
	}

	/**
	 * Forgets all outcomes: warming up is over.
	 */
	public void forget() {
		this.failures.clear();
		this.answers.clear();
	}

	/**
	 * Goes on for a while in which no call may fail, as none may have failed before.
	 * @param time for how long
	 * @param since the time from which a failure is counted in the message
	 */
	public void failsNoCallFor(Duration time, long since) {
		failsNoCallFor(time, since, (failure) -> true);
	}

	/**
	 * Goes on for a while in which certain calls may not fail.
	 * @param time for how long
	 * @param since the time from which a failure is counted in the message
	 * @param counts which failures count, also earlier ones
	 */
	public void failsNoCallFor(Duration time, long since, Predicate<Outcome> counts) {
		ThrowingRunnable none = () -> assertThat(this.failures).as(() -> account(since)).noneMatch(counts);
		Conditions.await(time.plusSeconds(30)).failFast(none).during(time).untilAsserted(none);
	}

	/**
	 * Makes no more calls, and waits for those that were made to end: none of all may
	 * have failed.
	 * @param since the time from which a failure is counted in the message
	 */
	public void endsWithoutFailure(long since) {
		close();
		assertThat(this.failures).as(() -> account(since)).isEmpty();
	}

	/**
	 * Makes no more calls, and waits for those that were made to end.
	 */
	@Override
	public void close() {
		this.closed = true;
		Conditions.await(this.waitingDeadline.plusSeconds(30))
			.until(() -> !this.thread.isAlive() && this.ended.get() == this.made.get());
		this.standstills.close();
	}

	/**
	 * A short account of failures, for a test's message.
	 * @param since the time they are counted from
	 * @return for example {@code 3 of 2000 calls failed, ..}
	 */
	public String account(long since) {
		List<String> lines = new ArrayList<>();
		this.failures.stream()
			.limit(20)
			.forEach((failure) -> lines.add("%s call begun at %+d ms, ended at %+d ms, to %s: %s".formatted(
					failure.waitForReady() ? "waiting" : "plain", failure.beganMillisAfter(since),
					TimeUnit.NANOSECONDS.toMillis(failure.ended() - since), failure.server(), failure.status())));
		return "%d of %d calls failed, %d more were late since this JVM did not run%n%s".formatted(this.failures.size(),
				this.answers.size() + this.failures.size(), this.excused.get(), String.join("\n", lines));
	}

	/**
	 * What became of one call.
	 *
	 * @param waitForReady whether it was one that waits
	 * @param began when it was made
	 * @param ended when it ended
	 * @param server address of the server it was sent to, or empty
	 * @param answeredBy what the answer was, or empty
	 * @param status its end
	 */
	public record Outcome(boolean waitForReady, long began, long ended, String server, String answeredBy,
			Status status) {

		long beganMillisAfter(long nanoTime) {
			return TimeUnit.NANOSECONDS.toMillis(this.began - nanoTime);
		}

	}

}
