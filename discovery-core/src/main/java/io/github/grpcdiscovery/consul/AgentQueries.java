package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.consul.ConsulApi.ReadPermission;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * The queries of all watches on one agent. An agent allows one address so many
 * connections, for all processes on the machine together, so this process leaves some of
 * them to others: lists are requested a few at a time, and only so many queries may be
 * held. The services beyond that are polled. On the event loop only.
 */
final class AgentQueries {

	/** How many lists are requested at a time. */
	static final int LISTS = 24;

	/** How many queries are held unless the agent says that it allows more. */
	static final int HELD = 150;

	/** How many queries are held for as long as is configured. */
	static final int HELD_LONG = 30;

	private static final Duration MIN_WAIT = Duration.ofSeconds(5);

	private static final int FEW = 8;

	/** Enough time for the other watches to notice that the agent is gone. */
	private static final Duration SURVIVAL = Duration.ofSeconds(2);

	/** For how long fewer queries are held once the agent has refused one. */
	static final Duration RECOVERY = Duration.ofMinutes(2);

	private static final Duration MIN_POLL = Duration.ofSeconds(5);

	private static final Duration POLL_SHARE = Duration.ofMillis(50);

	private static final Logger logger = LoggerFactory.getLogger(AgentQueries.class);

	private final ConsulApi api;

	private final EventLoop loop;

	private final String description;

	private final Set<Object> holders = Collections.newSetFromMap(new IdentityHashMap<>());

	private final Set<Object> polled = Collections.newSetFromMap(new IdentityHashMap<>());

	private final CallQueue lists;

	/** As far as the agent says it. */
	private int allowed = HELD;

	private int limit = HELD;

	private boolean limitRequested;

	private boolean limitKnown;

	private boolean warned;

	AgentQueries(ConsulApi api, EventLoop loop, String description) {
		this.api = api;
		this.loop = loop;
		this.description = description;
		this.lists = new CallQueue(loop, LISTS);
	}

	/**
	 * Sends a query, a list perhaps when others are done.
	 * @param request what is asked
	 */
	ConsulCall<HealthAnswer> send(HealthRequest request) {
		return (request.index() != 0) ? this.api.health(request) : this.lists.add(() -> this.api.health(request));
	}

	/**
	 * Sends a query for a key, perhaps when others are done.
	 * @param request what is asked
	 */
	ConsulCall<KeyAnswer> send(KeyRequest request) {
		return (request.index() != 0) ? this.api.key(request) : this.lists.add(() -> this.api.key(request));
	}

	/**
	 * Asks what our token may read, perhaps when others are done.
	 * @see ConsulApi#readPermission
	 */
	CompletionStage<ReadPermission> readPermission(@Nullable String datacenter, String service, Set<String> nodes) {
		return this.lists.add(() -> new ConsulCall<>(this.api.readPermission(datacenter, service, nodes), () -> {
		})).answer();
	}

	/**
	 * Takes a place for queries that are held, until it is given back.
	 * @param watch who asks; keeps the place that it has, unless fewer queries may be
	 * held than are
	 * @return whether there is one; otherwise the service is to be polled
	 */
	boolean mayHold(Object watch) {
		if (this.holders.size() <= this.limit && this.holders.contains(watch)) {
			return true;
		}
		if (this.holders.size() >= this.limit) {
			this.holders.remove(watch);
			this.polled.add(watch);
			// what the agent allows may be on its way
			if (this.limitKnown || !this.limitRequested) {
				warn();
			}
			return false;
		}
		this.polled.remove(watch);
		this.holders.add(watch);
		if (!this.limitRequested && 4 * this.holders.size() >= 3 * this.limit) {
			requestLimit();
		}
		return true;
	}

	/**
	 * How long a query may be held. An agent that does not stream counts the connection
	 * of a query that was given up, by a process that has ended for example, until the
	 * query ends: the more there are, the sooner.
	 * @param configured the longest
	 * @param streaming whether the agent streams
	 */
	Duration wait(Duration configured, boolean streaming) {
		if (streaming || this.holders.size() <= HELD_LONG || configured.compareTo(MIN_WAIT) < 0) {
			return configured;
		}
		Duration wait = configured.multipliedBy(HELD_LONG).dividedBy(this.holders.size());
		return (wait.compareTo(MIN_WAIT) < 0) ? MIN_WAIT : wait.truncatedTo(ChronoUnit.SECONDS);
	}

	void release(Object watch) {
		this.holders.remove(watch);
		this.polled.remove(watch);
	}

	/**
	 * How long a service that has no place waits between two polls: longer the more there
	 * are.
	 */
	Duration pollInterval() {
		Duration share = POLL_SHARE.multipliedBy(this.polled.size());
		return this.loop.jittered((share.compareTo(MIN_POLL) > 0) ? share : MIN_POLL);
	}

	/**
	 * A query has failed. Where that shows that the agent allows no more connections,
	 * fewer queries are held from now on.
	 */
	void failed(RegistryException cause) {
		if (cause instanceof ConsulStatusException status && status.status() == 429) {
			refused();
		}
		else if (cause.getCause() != null && !(cause instanceof ConsulStatusException)) {
			// an agent of old cuts the connection; so does one that dies, and then all of
			// them
			int held = this.holders.size();
			if (held >= HELD / 2) {
				this.loop.schedule(SURVIVAL, () -> {
					if (this.holders.size() >= held - held / 10) {
						refused();
					}
				});
			}
		}
	}

	private void refused() {
		if (this.holders.size() > FEW) {
			int fewer = Math.max(FEW, this.holders.size() * 3 / 4);
			this.limit = Math.min(this.limit, fewer);
			if (this.allowed == Integer.MAX_VALUE) {
				// now it has said something
				this.allowed = Math.max(HELD, fewer);
			}
			warn();
			// it may have been a process that has left, or one that is about to
			this.loop.schedule(this.loop.jittered(RECOVERY), () -> this.limit = this.allowed);
		}
	}

	private void warn() {
		if (!this.warned) {
			this.warned = true;
			logger.warn(
					"{}: watching {} services by held queries, and polling the others, whose changes are seen some "
							+ "seconds later. The agent limits the connections of one address (fix: raise "
							+ "limits.http_max_conns_per_client on the agent, 200 by default)",
					this.description, this.limit);
		}
	}

	// of an agent that lets us read it: that needs agent:read
	private void requestLimit() {
		this.limitRequested = true;
		this.api.connectionLimit().whenComplete((allowed, error) -> this.loop.execute(() -> {
			boolean any = error != null || allowed == null || allowed <= 0;
			this.allowed = any ? Integer.MAX_VALUE : Math.max(FEW, allowed * 3 / 4);
			this.limit = this.allowed;
			this.limitKnown = true;
		}));
	}

}
