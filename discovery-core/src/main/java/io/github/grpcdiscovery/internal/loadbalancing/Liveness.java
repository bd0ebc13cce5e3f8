package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.function.Supplier;

import io.grpc.Channel;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Whether anything comes from one server: since when it is silent, the probe that finds
 * out, and whether it is ejected. In the channel's synchronization context, except where
 * it says otherwise.
 */
final class Liveness {

	private final BalancerClock clock;

	private final EjectionLog log;

	private final ProtocolCheck protocol;

	private final Supplier<Channel> connection;

	private final Supplier<String> name;

	private final ServerLoad load;

	// any thread: when a call was sent that nothing came after yet; 0 if there is none
	private volatile long unansweredSince;

	// any thread
	private volatile int receivedInRound;

	private volatile boolean ejected;

	private boolean started;

	private long ejectedAt;

	private @Nullable LivenessProbe probe;

	/**
	 * Creates it for a server that nothing came from.
	 * @param clock the balancer's
	 * @param log takes what operators read
	 * @param protocol is given what came that is gRPC
	 * @param connection the connection to probe
	 * @param name the server as an operator knows it
	 * @param load is told that something came
	 */
	Liveness(BalancerClock clock, EjectionLog log, ProtocolCheck protocol, Supplier<Channel> connection,
			Supplier<String> name, ServerLoad load) {
		this.clock = clock;
		this.log = log;
		this.protocol = protocol;
		this.connection = connection;
		this.name = name;
		this.load = load;
	}

	/** There may be a connection from now on. */
	void start() {
		this.started = true;
	}

	/** Whether it gets no calls since nothing comes from it. Any thread. */
	boolean isEjected() {
		return this.ejected;
	}

	/** A call is given to the connection. Any thread. */
	void called() {
		if (this.unansweredSince == 0) {
			this.unansweredSince = this.clock.nanoTime() | 1;
		}
	}

	/** Something that is gRPC came from the server. Any thread. */
	void received() {
		this.protocol.spoke();
		responded();
	}

	/**
	 * A call is over. Any thread.
	 * @param status how, by the server or by this process
	 */
	void closed(Status status) {
		if (!LivenessProbe.isLocal(status)) {
			responded();
		}
		if (!status.isOk() && isFromServer(status)) {
			this.protocol.failed();
		}
	}

	private static boolean isFromServer(Status status) {
		return status.getCode() != Status.Code.DEADLINE_EXCEEDED && status.getCode() != Status.Code.CANCELLED;
	}

	// any thread; reads much and writes little, since all calls come by here
	private void responded() {
		this.load.received();
		int round = this.clock.round();
		if (this.receivedInRound != round) {
			this.receivedInRound = round;
		}
		if (this.unansweredSince != 0) {
			this.unansweredSince = 0;
		}
		if (this.ejected) {
			this.clock.execute(this::uneject);
		}
	}

	int receivedInRound() {
		return this.receivedInRound;
	}

	/**
	 * Whatever came from it since it was probed is an answer.
	 */
	void forgetAnsweredProbe() {
		LivenessProbe probe = this.probe;
		if (probe != null && this.receivedInRound > probe.probedInRound()) {
			this.probe = null;
			probe.cancel();
			uneject();
		}
	}

	/** Whether a call was sent so long ago and nothing came since. */
	boolean isUnansweredFor(long nanos, long now) {
		long since = this.unansweredSince;
		return this.probe == null && this.started && since != 0 && now - since >= nanos;
	}

	/** Whether it was probed so long ago and nothing came since. */
	boolean isProbeOverdue(long nanos, long now) {
		return this.probe != null && !this.ejected && now - this.probe.probedAt() >= nanos;
	}

	int probedInRound() {
		return (this.probe != null) ? this.probe.probedInRound() : Integer.MAX_VALUE;
	}

	/**
	 * Waits for an answer from now on, if it waits for one.
	 * @param now the time
	 */
	void restartProbe(long now) {
		if (this.probe != null && !this.ejected) {
			this.probe.restart(now);
		}
	}

	/**
	 * Probes it, unless an answer is being waited for.
	 * @param now the time
	 * @return whether an answer is being waited for
	 */
	boolean ensureProbed(long now) {
		if (this.probe == null && this.started) {
			probe(now);
		}
		return this.probe != null;
	}

	void probe(long now) {
		this.clock.requireInContext();
		LivenessProbe probe = new LivenessProbe(now, this.clock.round());
		this.probe = probe;
		probe.probe(this.connection.get(), (alive) -> this.clock.execute(() -> {
			if (this.probe == probe) {
				probed(alive);
			}
		}));
	}

	private void probed(boolean alive) {
		this.probe = null;
		if (alive) {
			responded();
		}
		else {
			// there is no connection any more: its next state tells
			this.unansweredSince = 0;
			this.ejected = false;
		}
	}

	/** Whether it is probed, and the probe has left this process. */
	boolean isProbeSent() {
		return this.probe != null && this.probe.isSent();
	}

	/** Gives it no calls until something comes from it. */
	void eject() {
		this.clock.requireInContext();
		this.ejectedAt = this.clock.nanoTime();
		this.ejected = true;
	}

	private void uneject() {
		this.clock.requireInContext();
		if (this.ejected) {
			this.ejected = false;
			this.log.responsive(this.name.get(), this.clock.since(this.ejectedAt));
		}
	}

	/** Forgets all suspicion and waits for no answer. */
	void forget() {
		this.ejected = false;
		this.unansweredSince = 0;
		LivenessProbe probe = this.probe;
		this.probe = null;
		if (probe != null) {
			probe.cancel();
		}
	}

}
