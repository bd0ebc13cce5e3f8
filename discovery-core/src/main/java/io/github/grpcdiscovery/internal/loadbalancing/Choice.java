package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.SocketAddress;
import java.util.function.LongSupplier;
import java.util.stream.DoubleStream;

import org.jspecify.annotations.Nullable;

/**
 * Chooses a server for each call. The schedule proposes one; it is taken unless it is
 * more than {@value #BAND} times as slow as the fastest, or has more than {@value #BAND}
 * times as many calls in flight as the one that has fewest. So shares are those of the
 * weights while all is well, and a server that is slow, silent or full gets less at once.
 * Immutable but for the turns; it takes no lock and makes no object. Any thread.
 */
final class Choice {

	/** What is within this factor is alike: noise must not shift shares. */
	static final double BAND = 4;

	/** Up to so many servers are all compared. */
	static final int ALL = 8;

	/** So many are compared where there are more: two fail when half of them are slow. */
	static final int SAMPLE = 4;

	/** So often the schedule proposes before the least loaded is taken. */
	private static final int PROPOSALS = 8;

	private final Candidate[] servers;

	private final Schedule schedule;

	// mean weight / weight
	private final double[] inverse;

	// what a call in flight, and one that all have, counts for each server
	private final double[] perCall;

	private final double[] perQueued;

	/**
	 * Makes a choice.
	 * @param servers one at least; not changed afterwards
	 * @param weights theirs, positive
	 * @param turns counts on from the choice before
	 */
	Choice(Candidate[] servers, double[] weights, Schedule.Turns turns) {
		this.servers = servers;
		this.schedule = Schedule.of(weights, turns);
		this.inverse = new double[weights.length];
		this.perCall = new double[weights.length];
		this.perQueued = new double[weights.length];
		double mean = DoubleStream.of(weights).average().orElse(1);
		for (int i = 0; i < weights.length; i++) {
			double relative = weights[i] / mean;
			this.inverse[i] = 1 / relative;
			// a small server may have one call in flight as well
			this.perCall[i] = 1 / Math.max(1, relative);
			this.perQueued[i] = relative * this.perCall[i];
		}
	}

	/**
	 * Chooses among those that are neither ejected nor lost the call.
	 * @param nanoTime monotonic clock in nanoseconds
	 * @param lost where the call was lost before
	 * @return the server's index; negative if there is none
	 */
	int best(LongSupplier nanoTime, @Nullable SocketAddress lost) {
		int turn = this.schedule.nextTurn();
		int proposed = this.schedule.at(turn);
		if (fits(this.servers[proposed], lost, true) && this.servers[proposed].load().isCalm()) {
			return proposed;
		}
		long now = nanoTime.getAsLong();
		int chosen = compare(now, turn, lost, true);
		if (chosen < 0) {
			forgiveFailures(turn);
			chosen = compare(now, turn, lost, false);
		}
		return chosen;
	}

	// everybody fails: nobody is to blame, and the first that recovers must not get all
	// calls
	private void forgiveFailures(int turn) {
		for (int i = compared() - 1; i >= 0; i--) {
			this.servers[compared(turn, i)].load().forgiveFailures();
		}
	}

	/**
	 * Chooses where all are ejected, or the only one that is not has just lost the call.
	 */
	int lastResort() {
		int turn = this.schedule.nextTurn();
		for (int i = 0; i < this.servers.length; i++) {
			int index = Integer.remainderUnsigned(turn + i, this.servers.length);
			if (!this.servers[index].isEjected()) {
				return index;
			}
		}
		return this.schedule.at(turn);
	}

	private int compare(long now, int turn, @Nullable SocketAddress lost, boolean sound) {
		double queue = usualQueue(turn, lost, sound);
		if (queue < 0) {
			return -1;
		}
		double slowness = BAND * leastSlowness(now, turn, lost, sound);
		double load = BAND * leastQueue(turn, lost, sound, queue);
		int index = this.schedule.at(turn);
		for (int i = 0; i < PROPOSALS; i++) {
			if (i > 0) {
				index = this.schedule.next();
			}
			Candidate server = this.servers[index];
			// each for itself: a long queue of the others makes a slow server no better
			if (fits(server, lost, sound) && server.load().slowness(now) <= slowness && queue(index, queue) <= load) {
				return index;
			}
			if (fits(server, lost, false) && server.load().tryNow(now)) {
				return index;
			}
		}
		return leastLoaded(now, turn, lost, sound, queue);
	}

	private int compared() {
		return (this.servers.length <= ALL) ? this.servers.length : SAMPLE;
	}

	private int compared(int turn, int i) {
		return (this.servers.length <= ALL) ? i : this.schedule.at(turn + i * (this.servers.length / SAMPLE));
	}

	// calls in flight are compared beyond what is usual: the mean without the longest,
	// which
	// may be that of a server that answers nothing
	private double usualQueue(int turn, @Nullable SocketAddress lost, boolean sound) {
		double sum = 0;
		double longest = 0;
		int servers = 0;
		for (int i = compared() - 1; i >= 0; i--) {
			int index = compared(turn, i);
			if (fits(this.servers[index], lost, sound)) {
				double queue = this.servers[index].load().inFlight() * this.inverse[index];
				sum += queue;
				longest = Math.max(longest, queue);
				servers++;
			}
		}
		return (servers > 1) ? (sum - longest) / (servers - 1) : servers - 1;
	}

	private double leastSlowness(long now, int turn, @Nullable SocketAddress lost, boolean sound) {
		double least = Double.MAX_VALUE;
		for (int i = compared() - 1; i >= 0; i--) {
			Candidate server = this.servers[compared(turn, i)];
			if (fits(server, lost, sound)) {
				least = Math.min(least, server.load().slowness(now));
			}
		}
		return least;
	}

	private double leastQueue(int turn, @Nullable SocketAddress lost, boolean sound, double usualQueue) {
		double least = Double.MAX_VALUE;
		for (int i = compared() - 1; i >= 0; i--) {
			int index = compared(turn, i);
			if (fits(this.servers[index], lost, sound)) {
				least = Math.min(least, queue(index, usualQueue));
			}
		}
		return least;
	}

	private int leastLoaded(long now, int turn, @Nullable SocketAddress lost, boolean sound, double queue) {
		int least = -1;
		double leastLoad = Double.MAX_VALUE;
		for (int i = compared() - 1; i >= 0; i--) {
			int index = compared(turn, i);
			if (fits(this.servers[index], lost, sound)) {
				double load = this.servers[index].load().slowness(now) * queue(index, queue);
				if (load < leastLoad || least < 0) {
					leastLoad = load;
					least = index;
				}
			}
		}
		return least;
	}

	private double queue(int index, double usualQueue) {
		return (1 + this.servers[index].load().inFlight() * this.perCall[index])
				/ (1 + usualQueue * this.perQueued[index]);
	}

	private static boolean fits(Candidate server, @Nullable SocketAddress lost, boolean sound) {
		return !server.isEjected() && (lost == null || !server.isAt(lost)) && !(sound && server.load().isFailing());
	}

	/** A server that may be chosen. Any thread. */
	interface Candidate {

		/** Whether it gets no calls. */
		boolean isEjected();

		/**
		 * Whether it listens at an address.
		 * @param address {@code null} for none
		 */
		boolean isAt(@Nullable SocketAddress address);

		/** What is known of its load. */
		ServerLoad load();

	}

}
