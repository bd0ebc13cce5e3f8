package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.loadbalancing.ChoiceTests.SimulatedServer;

/**
 * Callers that begin calls at random, servers that take the time that the test says, and
 * a clock that jumps to what comes next.
 */
final class Simulation {

	/** The answer's time of a server that fails the call at once. */
	static final long FAILS = -1;

	private static final long DEADLINE = Duration.ofSeconds(5).toNanos();

	private static final long TICK = DiscoveryLoadBalancer.TICK.toNanos();

	final SimulatedServer[] servers;

	private final Choice choice;

	private final Random random = new Random(1);

	private final MethodTime method = new MethodTime(1);

	private final MethodTime other = new MethodTime(2);

	private final PriorityQueue<Event> events = new PriorityQueue<>();

	private final List<Long> times = new ArrayList<>();

	private long now = 1;

	private long ticked;

	long failed;

	long lastFailed;

	Simulation(double... weights) {
		this.servers = new SimulatedServer[weights.length];
		Arrays.setAll(this.servers, SimulatedServer::new);
		this.choice = new Choice(this.servers, weights, new Schedule.Turns(7));
	}

	Simulation run(int rate, int calls, Behaviour behaviour) {
		return run(rate, calls, behaviour, 0, behaviour);
	}

	/** Makes calls, of which a part is of another method. */
	Simulation run(int rate, int calls, Behaviour behaviour, double part, Behaviour others) {
		long begin = this.now;
		for (int i = 0; i < calls; i++) {
			begin += (long) (-Math.log(1 - this.random.nextDouble()) * 1e9 / rate);
			endUntil(begin);
			this.now = begin;
			boolean isOther = this.random.nextDouble() < part;
			call(isOther ? others : behaviour, isOther ? this.other : this.method);
		}
		return this;
	}

	private void call(Behaviour behaviour, MethodTime method) {
		SimulatedServer server = this.servers[next(null)];
		server.called();
		long time = behaviour.time(Arrays.asList(this.servers).indexOf(server), this.now);
		server.load().begun(this.now, method.usual(0));
		double noise = Math.exp(this.random.nextGaussian() * 0.3);
		long took = (time == FAILS) ? 50_000 : (long) Math.min((double) DEADLINE, time * noise);
		this.events.add(new Event(this.now + took, this.now, server, method, time == FAILS));
	}

	/** Chooses as {@link Shares} does. */
	int next(@Nullable SocketAddress lost) {
		int best = this.choice.best(() -> this.now, lost);
		return (best >= 0) ? best : this.choice.lastResort();
	}

	private void endUntil(long time) {
		while (!this.events.isEmpty() && this.events.peek().at() <= time) {
			tickUntil(this.events.peek().at());
			end(this.events.poll());
		}
		tickUntil(time);
	}

	private void tickUntil(long time) {
		for (; this.ticked + TICK <= time; this.ticked += TICK) {
			for (SimulatedServer server : this.servers) {
				server.load().forget(DiscoveryLoadBalancer.FORGOTTEN_BY_TICK);
			}
		}
	}

	private void end(Event event) {
		ServerLoad load = event.server().load();
		long took = event.at() - event.begun();
		if (event.fails()) {
			load.received();
			load.failed(event.begun(), event.at());
		}
		else if (took >= DEADLINE) {
			load.abandoned(took, event.method().usual(took));
			this.failed++;
			this.lastFailed = Math.max(this.lastFailed, event.begun());
		}
		else {
			load.received();
			load.answered(took, event.method().usual(took));
			event.method().answered(took);
			this.times.add(took);
		}
	}

	double[] shares() {
		double sum = Arrays.stream(this.servers).mapToLong(SimulatedServer::calls).sum();
		return Arrays.stream(this.servers).mapToDouble((server) -> server.calls() / sum).toArray();
	}

	void forgetCalls() {
		Arrays.stream(this.servers).forEach(SimulatedServer::forgetCalls);
	}

	/** The time of an answer, in nanoseconds. */
	long percentile(double percentile) {
		return this.times.stream().sorted().skip((long) (percentile * this.times.size())).findFirst().orElseThrow();
	}

	/** How long a server takes. */
	@FunctionalInterface
	interface Behaviour {

		/**
		 * The time of its answer.
		 * @param server its index
		 * @param now the time in nanoseconds
		 * @return nanoseconds; {@link #FAILS} if it fails at once
		 */
		long time(int server, long now);

	}

	private record Event(long at, long begun, SimulatedServer server, MethodTime method,
			boolean fails) implements Comparable<Event> {

		@Override
		public int compareTo(Event other) {
			return Long.compare(this.at, other.at);
		}

	}

}
