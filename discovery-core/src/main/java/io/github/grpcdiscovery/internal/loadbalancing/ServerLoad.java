package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.LongAdder;

/**
 * How busy one server is, as seen by one channel: calls in flight, how slow its answers
 * are compared with what is usual, for how long it owes an answer, and whether its calls
 * fail. It survives new lists. Any thread; updates that race may lose one answer of many,
 * which the next ones correct.
 */
final class ServerLoad {

	/** Times that differ by less are alike: so much is noise of threads and clocks. */
	static final long NOISE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

	/** How much of the estimate each answer renews. */
	private static final double RENEWAL = 0.2;

	/** An answer is late after so many times the usual time, but not before 10 ms. */
	private static final int LATE = 8;

	private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	/** Answers that are no slower than this times what is usual are usual. */
	private static final double CALM = 1.5;

	/** A server that never answered gets a call after this, if nobody probes it. */
	private static final long UNPROBED_NANOS = TimeUnit.SECONDS.toNanos(30);

	private static final AtomicIntegerFieldUpdater<ServerLoad> IN_FLIGHT = AtomicIntegerFieldUpdater
		.newUpdater(ServerLoad.class, "inFlight");

	private static final AtomicLongFieldUpdater<ServerLoad> WAITING_SINCE = AtomicLongFieldUpdater
		.newUpdater(ServerLoad.class, "waitingSince");

	private final LongAdder calls = new LongAdder();

	private final Trials slow = new Trials(TimeUnit.MILLISECONDS.toNanos(250));

	private final FailureBackoff failures = new FailureBackoff();

	private volatile int inFlight;

	// the mean of log(time / usual time), so that one answer of a hundred times does
	// little
	private volatile double logSlowness;

	private volatile double slowness = 1;

	// when the call began that nothing came after yet; 0 if there is none
	private volatile long waitingSince;

	// the usual time of the slowest of the calls since then
	private volatile long expected;

	/**
	 * A call that ends with one answer is given to the server.
	 * @param now the time
	 * @param usual how long such a call takes usually, in nanoseconds
	 */
	void begun(long now, long usual) {
		IN_FLIGHT.incrementAndGet(this);
		if (this.waitingSince == 0) {
			this.expected = usual;
			WAITING_SINCE.compareAndSet(this, 0, now | 1);
		}
		else if (usual > this.expected) {
			this.expected = usual;
		}
	}

	/** A call is given to the server, of whatever type. */
	void counted() {
		this.calls.increment();
	}

	/** Something came from the server. */
	void received() {
		if (this.waitingSince != 0) {
			this.waitingSince = 0;
		}
	}

	/**
	 * The server answered a call.
	 * @param took how long it took, in nanoseconds
	 * @param usual how long such a call takes usually
	 */
	void answered(long took, long usual) {
		IN_FLIGHT.decrementAndGet(this);
		this.failures.clear();
		double log = log(took, usual);
		set(this.slow.end() ? log : this.logSlowness + RENEWAL * (log - this.logSlowness));
	}

	/**
	 * A call ended without an answer, by its deadline or by its caller.
	 * @param took for how long it had waited
	 * @param usual how long such a call takes usually
	 */
	void abandoned(long took, long usual) {
		IN_FLIGHT.decrementAndGet(this);
		double log = log(took, usual);
		if (log > this.logSlowness) {
			set(this.logSlowness + RENEWAL * (log - this.logSlowness));
		}
	}

	/**
	 * The server refused a call, or lost the connection.
	 * @param begun when the call was given to it
	 * @param now the time
	 */
	void failed(long begun, long now) {
		IN_FLIGHT.decrementAndGet(this);
		this.failures.failed(begun, now);
	}

	private static double log(long took, long usual) {
		return Math.log((double) (took + NOISE_NANOS) / (usual + NOISE_NANOS));
	}

	private void set(double logSlowness) {
		this.logSlowness = logSlowness;
		this.slowness = Math.exp(logSlowness);
	}

	/** There is a new connection: what failed on the one before says nothing. */
	void connected() {
		this.failures.clear();
		this.waitingSince = 0;
	}

	/**
	 * Forgets a part of what it knows, so that a server which is not called is as good as
	 * the others in the end.
	 * @param part from 0 (nothing) to 1 (all)
	 */
	void forget(double part) {
		if (this.logSlowness != 0) {
			set((Math.abs(this.logSlowness) < 0.001) ? 0 : this.logSlowness * (1 - part));
		}
	}

	/** Calls that wait for their answer. */
	int inFlight() {
		return this.inFlight;
	}

	/** Whether nothing says that a call would wait. */
	boolean isCalm() {
		return this.inFlight == 0 && this.waitingSince == 0 && this.slowness <= CALM && !this.failures.isBackingOff();
	}

	/** Calls so far. */
	long calls() {
		return this.calls.sum();
	}

	/** Everybody fails its calls: that is no fault of this server. */
	void forgiveFailures() {
		this.failures.clear();
	}

	/** Whether its calls fail, so that it gets none but trials. */
	boolean isFailing() {
		return this.failures.isBackingOff();
	}

	/**
	 * How many times slower it answers than is usual; 1 if nothing is known.
	 * @param now the time
	 */
	double slowness(long now) {
		long silence = silence(now);
		return (silence == 0) ? this.slowness
				: Math.max(this.slowness, (double) silence / (this.expected + NOISE_NANOS));
	}

	/**
	 * Whether it owes an answer for much longer than is usual.
	 * @param now the time
	 */
	boolean isOverdue(long now) {
		return silence(now) != 0;
	}

	private long silence(long now) {
		long since = this.waitingSince;
		if (since == 0) {
			return 0;
		}
		long silence = now - since;
		return (silence > LATE_NANOS && silence > LATE * this.expected) ? silence : 0;
	}

	/**
	 * Whether a server that gets no calls otherwise is to get this one, to see whether it
	 * is better now. Whoever is told so makes the call.
	 * @param now the time
	 */
	boolean tryNow(long now) {
		if (this.failures.isBackingOff()) {
			return this.failures.tryNow(now);
		}
		long since = this.waitingSince;
		return this.inFlight == 0 && (since == 0 || now - since > UNPROBED_NANOS) && this.slow.begin(now);
	}

}
