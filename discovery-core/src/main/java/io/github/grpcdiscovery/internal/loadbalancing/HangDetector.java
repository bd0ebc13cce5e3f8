package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import org.jspecify.annotations.Nullable;

/**
 * Finds the servers that are unresponsive. A server from which nothing comes for a while
 * although it was called is probed; if it does not answer while others do, it is ejected
 * until it does. No call is spent on finding out, and none is needed for it to come back.
 * Nobody is ejected while nobody answers: the trouble is ours then. In the channel's
 * synchronization context, except where it says otherwise.
 */
final class HangDetector implements TrackedSubchannel.Peers {

	/** How often servers are evaluated. */
	static final Duration INTERVAL = Duration.ofMillis(100);

	/** We were not running ourselves if it is as late as this. */
	private static final Duration LATE = Duration.ofMillis(500);

	/** So many others are probed when it is not known whether any server answers. */
	private static final int WITNESSES = 3;

	private final SynchronizationContext syncContext;

	private final ScheduledExecutorService timers;

	private final BalancerClock clock;

	private final EjectionLog log;

	private final Set<TrackedSubchannel> servers = new LinkedHashSet<>();

	private Duration unresponsiveAfter = Duration.ZERO;

	private @Nullable ScheduledHandle timer;

	private long tickedAt;

	private volatile boolean enabled;

	private volatile int retries;

	/**
	 * Creates a detector that is off.
	 * @param syncContext the channel's
	 * @param timers the channel's
	 * @param clock the balancer's
	 * @param log takes what operators read
	 */
	HangDetector(SynchronizationContext syncContext, ScheduledExecutorService timers, BalancerClock clock,
			EjectionLog log) {
		this.syncContext = syncContext;
		this.timers = timers;
		this.clock = clock;
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
		this.enabled = !unresponsiveAfter.isZero();
		stopTimer();
		if (this.enabled) {
			this.tickedAt = this.clock.nanoTime();
			this.timer = this.syncContext.scheduleWithFixedDelay(this::tick, INTERVAL.toNanos(), INTERVAL.toNanos(),
					TimeUnit.NANOSECONDS, this.timers);
		}
		else {
			this.servers.forEach(TrackedSubchannel::forget);
		}
	}

	/** Whether calls are traced and ejected servers get none. Any thread. */
	boolean isEnabled() {
		return this.enabled;
	}

	/** How often to pick once more to meet a server that is not ejected. Any thread. */
	int retries() {
		return this.retries;
	}

	void add(TrackedSubchannel server) {
		this.servers.add(server);
	}

	@Override
	public void remove(TrackedSubchannel server) {
		this.servers.remove(server);
	}

	@Override
	public boolean anotherSpeaksGrpc(TrackedSubchannel server) {
		return this.servers.stream().anyMatch((other) -> other != server && other.speaksGrpc());
	}

	boolean isConnecting() {
		return this.enabled && this.servers.stream().anyMatch(TrackedSubchannel::isConnecting);
	}

	void shutdown() {
		stopTimer();
		this.enabled = false;
		List.copyOf(this.servers).forEach(TrackedSubchannel::forget);
	}

	private void stopTimer() {
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	// a quarter of the time for silence, the rest for an answer to the probe
	private void tick() {
		long now = this.clock.nanoTime();
		boolean late = now - this.tickedAt > INTERVAL.plus(LATE).toNanos();
		this.tickedAt = now;
		this.clock.nextRound();
		this.retries = 2 * this.servers.size();
		if (late) {
			// answers may wait in our own queues: everybody has all the time again
			this.servers.forEach((server) -> server.liveness().restartProbe(now));
			return;
		}
		long silence = this.unresponsiveAfter.toNanos() / 4;
		long patience = this.unresponsiveAfter.toNanos() - silence;
		List<TrackedSubchannel> silent = new ArrayList<>();
		int receivedInRound = 0;
		for (TrackedSubchannel server : this.servers) {
			server.checkProtocol(now);
			server.liveness().forgetAnsweredProbe();
			receivedInRound = Math.max(receivedInRound, server.liveness().receivedInRound());
			if (server.liveness().isSilentFor(silence, now)) {
				server.liveness().probe(now);
			}
			else if (server.liveness().isProbeOverdue(patience, now)) {
				silent.add(server);
			}
		}
		if (!silent.isEmpty()) {
			boolean known = evaluate(silent, receivedInRound);
			if (!known) {
				probeOthers(patience, now);
			}
		}
	}

	// whether it is known of all; together, since one after the other costs the square
	private boolean evaluate(List<TrackedSubchannel> silent, int receivedInRound) {
		long left = mostEjected(this.servers.stream().filter(TrackedSubchannel::isConnected).count())
				- this.servers.stream().filter((server) -> server.liveness().isEjected()).count();
		boolean known = true;
		for (TrackedSubchannel server : silent) {
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

	private void probeOthers(long patience, long now) {
		int witnesses = 0;
		for (TrackedSubchannel other : this.servers) {
			if (!other.liveness().isEjected() && !other.liveness().isProbeOverdue(patience, now)
					&& other.liveness().ensureProbed(now)) {
				witnesses++;
			}
			if (witnesses == WITNESSES) {
				return;
			}
		}
	}

	private void eject(TrackedSubchannel server) {
		server.liveness().eject();
		if (server.liveness().isProbeSent()) {
			this.log.unresponsive(server.name(), this.unresponsiveAfter);
		}
		else {
			this.log.takesNoMoreCalls(server.name(), this.unresponsiveAfter);
		}
	}

}
