package io.github.grpcdiscovery.consul;

import java.time.Duration;

/**
 * Where a watch stands in Consul's history: the index of its next query, and what the
 * last answer's index says. Compares unsigned. On the event loop only.
 */
final class QueryIndex {

	// of the last answers; the agent's copy may be behind its servers
	private long seenOfServers;

	private long seenOfAgent;

	private long next;

	private boolean first = true;

	private long sentAt;

	private Duration wait = Duration.ZERO;

	/**
	 * The index of the next query.
	 * @return 0 to be answered at once
	 */
	long next() {
		return this.next;
	}

	void next(long index) {
		this.next = index;
	}

	/**
	 * Takes note that the next query is sent.
	 * @param now monotonic time in nanoseconds
	 * @param wait how long Consul may hold it
	 */
	void sent(long now, Duration wait) {
		this.sentAt = now;
		this.wait = wait;
	}

	/**
	 * Takes note of an answer.
	 * @return whether the index went backwards, so that Consul may have forgotten
	 */
	boolean regressed(HealthAnswer answer) {
		long seen = answer.streaming() ? this.seenOfAgent : this.seenOfServers;
		boolean regressed = answer.index() != 0 && Long.compareUnsigned(answer.index(), seen) < 0;
		if (answer.index() != 0 && answer.streaming()) {
			this.seenOfAgent = answer.index();
		}
		else if (answer.index() != 0) {
			this.seenOfServers = answer.index();
		}
		return regressed;
	}

	/**
	 * Whether an answer is older than what the servers have said.
	 */
	boolean isOlderThanServers(HealthAnswer answer) {
		return answer.index() != 0 && Long.compareUnsigned(answer.index(), this.seenOfServers) < 0;
	}

	long seenOfServers() {
		return this.seenOfServers;
	}

	/**
	 * Whether an answer is a change, or the end of a long wait, and not one that comes at
	 * once whatever is asked.
	 * @param answer to the query that was sent last
	 * @param now monotonic time in nanoseconds
	 */
	boolean isUseful(HealthAnswer answer, long now) {
		boolean first = this.first;
		this.first = false;
		if (answer.index() == 0) {
			return false;
		}
		if (this.next == 0) {
			return first;
		}
		return Long.compareUnsigned(answer.index(), this.next) > 0 || now - this.sentAt >= this.wait.toNanos() / 2;
	}

}
