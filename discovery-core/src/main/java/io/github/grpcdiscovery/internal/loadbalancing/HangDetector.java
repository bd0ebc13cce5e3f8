package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * Finds the servers that are unresponsive. A server from which nothing comes for a while
 * although it was called is probed; if it does not answer while others do, it is ejected
 * until it does. No call is spent on finding out, and none is needed for it to come back.
 * Nobody is ejected while nobody answers: the trouble is ours then. In the channel's
 * synchronization context, except where it says otherwise.
 */
final class HangDetector {

	/** How often servers are evaluated. */
	static final Duration INTERVAL = Duration.ofMillis(100);

	/** We were not running ourselves if it is as late as this. */
	private static final Duration LATE = Duration.ofMillis(500);

	/** So many others are probed when it is not known whether any server answers. */
	private static final int OTHERS = 3;

	private final BalancerClock clock;

	private final EjectionLog log;

	private final Supplier<? extends Collection<Server>> servers;

	private Duration unresponsiveAfter = Duration.ZERO;

	private long tickedAt;

	/**
	 * Creates a detector that is off.
	 * @param clock the balancer's
	 * @param servers all of the channel
	 * @param log takes what operators read
	 */
	HangDetector(BalancerClock clock, Supplier<? extends Collection<Server>> servers, EjectionLog log) {
		this.clock = clock;
		this.servers = servers;
		this.log = log;
	}

	/**
	 * Sets when a server is unresponsive.
	 * @param unresponsiveAfter how long nothing came from it; zero to switch the detector
	 * off
	 */
	void configure(Duration unresponsiveAfter) {
		if (unresponsiveAfter.equals(this.unresponsiveAfter)) {
			return;
		}
		this.unresponsiveAfter = unresponsiveAfter;
		this.tickedAt = this.clock.nanoTime();
		if (unresponsiveAfter.isZero()) {
			this.servers.get().forEach(Server::forget);
		}
	}

	/** Evaluates the servers. */
	void tick() {
		if (!this.unresponsiveAfter.isZero()) {
			evaluate();
		}
	}

	// a quarter of the time for silence, the rest for an answer to the probe
	private void evaluate() {
		long now = this.clock.nanoTime();
		boolean late = now - this.tickedAt > INTERVAL.plus(LATE).toNanos();
		this.tickedAt = now;
		this.clock.nextRound();
		Collection<Server> servers = this.servers.get();
		if (late) {
			// answers may wait in our own queues: everybody has all the time again
			servers.forEach((server) -> server.liveness().restartProbe(now));
			return;
		}
		long silence = this.unresponsiveAfter.toNanos() / 4;
		long timeToAnswer = this.unresponsiveAfter.toNanos() - silence;
		List<Server> overdue = new ArrayList<>();
		int receivedInRound = 0;
		for (Server server : servers) {
			server.checkProtocol(now);
			server.liveness().forgetAnsweredProbe();
			receivedInRound = Math.max(receivedInRound, server.liveness().receivedInRound());
			if (server.liveness().isUnansweredFor(silence, now)) {
				server.liveness().probe(now);
			}
			else if (server.liveness().isProbeOverdue(timeToAnswer, now)) {
				overdue.add(server);
			}
		}
		if (!overdue.isEmpty()) {
			boolean known = ejectAll(overdue, receivedInRound);
			if (!known) {
				probeOthers(timeToAnswer, now);
			}
		}
	}

	// whether it is known of all; together, since one after the other costs the square
	private boolean ejectAll(List<Server> overdue, int receivedInRound) {
		long left = mostEjected(this.servers.get().stream().filter(Server::isConnected).count())
				- this.servers.get().stream().filter((server) -> server.liveness().isEjected()).count();
		boolean known = true;
		for (Server server : overdue) {
			// another one responded then: this one would not be probed any more
			if (receivedInRound <= server.liveness().probedInRound()) {
				known = false;
			}
			else if (left > 0) {
				eject(server);
				left--;
			}
		}
		return known;
	}

	/**
	 * Two thirds. A server that answers nothing wastes each call to it, so the share is
	 * larger than that of outlier detection in Envoy and gRPC (10 %), whose servers
	 * answer. Beyond it each of the rest would have more than three times its load, and
	 * it is more likely the load that makes them silent.
	 */
	private static long mostEjected(long connected) {
		return 2 * connected / 3;
	}

	private void probeOthers(long timeToAnswer, long now) {
		int probed = 0;
		for (Server other : this.servers.get()) {
			if (!other.liveness().isEjected() && !other.liveness().isProbeOverdue(timeToAnswer, now)
					&& other.liveness().ensureProbed(now)) {
				probed++;
			}
			if (probed == OTHERS) {
				return;
			}
		}
	}

	private void eject(Server server) {
		server.liveness().eject();
		if (server.liveness().isProbeSent()) {
			this.log.unresponsive(server.name(), this.unresponsiveAfter);
		}
		else {
			this.log.takesNoMoreCalls(server.name(), this.unresponsiveAfter);
		}
	}

}
