package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Finds out whether the servers behind an agent have a leader, once for all services that
 * are followed on it. An agent that streams goes on answering from its copy without a
 * leader, and once the servers are back that copy may be out of date for another minute
 * or two. On the event loop only.
 */
final class LeaderMonitor {

	/** Mean time between two questions while all is well. */
	static final Duration INTERVAL = Duration.ofSeconds(4);

	/** Time between two questions while there is no leader. */
	static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

	/** An election takes a moment. */
	static final Duration ELECTION = Duration.ofSeconds(2);

	/** An agent that lost its servers tries to stream again after a minute at most. */
	static final Duration DISTRUST = Duration.ofMinutes(3);

	private final ConsulApi api;

	private final EventLoop loop;

	private final @Nullable String datacenter;

	private final Set<Runnable> followers = new LinkedHashSet<>();

	private boolean polling;

	private boolean leaderless;

	private @Nullable Long goneAt;

	private @Nullable Long troubledAt;

	/**
	 * Creates a monitor that asks nothing yet.
	 * @param api asks the agent
	 * @param loop the registry's event loop
	 * @param datacenter whose servers; {@code null} for the agent's own
	 */
	LeaderMonitor(ConsulApi api, EventLoop loop, @Nullable String datacenter) {
		this.api = api;
		this.loop = loop;
		this.datacenter = datacenter;
	}

	/**
	 * Asks from time to time, as long as somebody follows.
	 * @param leaderLost run once, when there has been no leader for longer than an
	 * election takes
	 */
	void follow(Runnable leaderLost) {
		if (this.followers.add(leaderLost) && !this.polling) {
			this.polling = true;
			schedulePoll(this.loop.jittered(INTERVAL));
		}
	}

	void unfollow(Runnable leaderLost) {
		this.followers.remove(leaderLost);
	}

	/**
	 * Whether there was no leader when last heard of.
	 */
	boolean isLeaderless() {
		return this.leaderless;
	}

	/**
	 * Whether the servers had trouble of late, so that the agent's copy may be out of
	 * date.
	 */
	boolean isDistrusted() {
		return this.troubledAt != null && this.loop.since(this.troubledAt).compareTo(DISTRUST) < 0;
	}

	/**
	 * The leader has answered a query.
	 */
	void leaderAnswered() {
		this.goneAt = null;
		if (this.leaderless) {
			this.leaderless = false;
			troubled();
		}
	}

	/**
	 * The servers could not answer, or the agent's copy was found to be wrong.
	 */
	void troubled() {
		this.troubledAt = this.loop.nanoTime();
	}

	/**
	 * There is no leader, and not just for a moment.
	 */
	void leaderLost() {
		this.leaderless = true;
		troubled();
		List<Runnable> lost = List.copyOf(this.followers);
		this.followers.clear();
		lost.forEach(Runnable::run);
	}

	private void schedulePoll(Duration delay) {
		this.loop.schedule(delay, this::poll);
	}

	private void poll() {
		if (this.followers.isEmpty()) {
			this.polling = false;
			this.goneAt = null;
			return;
		}
		this.api.hasLeader(this.datacenter)
			.whenComplete((leader, error) -> this.loop.execute(() -> answered((error != null) ? null : leader)));
	}

	private void answered(@Nullable Boolean leader) {
		if (!Boolean.FALSE.equals(leader)) {
			this.goneAt = Boolean.TRUE.equals(leader) ? null : this.goneAt;
			schedulePoll(this.loop.jittered(INTERVAL));
			return;
		}
		troubled();
		if (this.goneAt == null) {
			this.goneAt = this.loop.nanoTime();
		}
		else if (this.loop.since(this.goneAt).compareTo(ELECTION) >= 0) {
			leaderLost();
		}
		schedulePoll(RETRY_INTERVAL);
	}

}
