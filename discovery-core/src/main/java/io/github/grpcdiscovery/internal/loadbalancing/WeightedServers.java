package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * Connected servers with the weights that they are chosen by. One that was never called
 * has its first call at once, whatever its weight is. Immutable but for that; any thread.
 */
final class WeightedServers {

	private final Server[] servers;

	private final Choice choice;

	private final int[] neverCalled;

	// how many of these are still to have their first call
	private final AtomicInteger firstCalls;

	/**
	 * Makes a choice of servers.
	 * @param servers one at least
	 * @param weights theirs, positive
	 * @param turns counts on from the choice before
	 */
	WeightedServers(List<Server> servers, double[] weights, Schedule.Turns turns) {
		this.servers = servers.toArray(Server[]::new);
		this.choice = new Choice(this.servers, weights, turns);
		this.neverCalled = IntStream.range(0, this.servers.length)
			.filter((i) -> this.servers[i].load().calls() == 0)
			.toArray();
		boolean allAreNew = this.neverCalled.length == this.servers.length;
		this.firstCalls = new AtomicInteger(allAreNew ? 0 : this.neverCalled.length);
	}

	/**
	 * Chooses among those that are neither ejected nor lost the call.
	 * @param nanoTime monotonic clock in nanoseconds
	 * @param lost where the call was lost before
	 * @return {@code null} if there is none
	 */
	@Nullable Server best(LongSupplier nanoTime, @Nullable SocketAddress lost) {
		Server first = (this.firstCalls.get() > 0) ? firstCall() : null;
		if (first != null) {
			return first;
		}
		int best = this.choice.best(nanoTime, lost);
		return (best >= 0) ? this.servers[best] : null;
	}

	private @Nullable Server firstCall() {
		int left = this.firstCalls.getAndDecrement();
		if (left <= 0) {
			return null;
		}
		Server server = this.servers[this.neverCalled[left - 1]];
		return (server.load().calls() == 0 && !server.isEjected()) ? server : null;
	}

	/**
	 * Chooses where all are ejected, or the only one that is not has just lost the call.
	 */
	Server lastResort() {
		return this.servers[this.choice.lastResort()];
	}

}
