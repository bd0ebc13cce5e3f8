package io.github.grpcdiscovery.consul;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.consul.HealthAnswer.Source;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.Listing;
import io.github.grpcdiscovery.spi.WatchAttempt;

/**
 * Lists a service and then asks for changes by blocking queries, one after the other.
 * Where Consul has no leader it reads from any server, which tells what was true last.
 * That something is missing is believed only of servers with a leader, and only where our
 * token may see it.
 */
final class ConsulWatchAttempt implements WatchAttempt {

	private static final Logger logger = LoggerFactory.getLogger(ConsulWatchAttempt.class);

	private static final Duration STALE_WAIT = Duration.ofSeconds(3);

	/** How long there may be no leader before contact is lost. */
	private static final Duration ELECTION = Duration.ofSeconds(3);

	private final ServiceQueries service;

	private final LeaderMonitor leaders;

	private final KnownEntries known;

	private final InstancesSink sink;

	private final PermissionCheck permissions;

	private final QueryIndex index = new QueryIndex();

	private final ListRefresh refresh;

	private final Runnable leaderLost = this::leaderLost;

	private @Nullable AttemptContext context;

	private Runnable abort = () -> {
	};

	private @Nullable QueryPace pace;

	private boolean active;

	private boolean stale;

	/** The agent may answer the query from its copy, if it has one. */
	private boolean fromAnyServer;

	private boolean streams;

	/** The agent's copy lacks something: the servers are asked whether it is so. */
	private boolean confirming;

	private EventLoop.@Nullable Timer election;

	ConsulWatchAttempt(ServiceQueries service, LeaderMonitor leaders, KnownEntries known, InstancesSink sink) {
		this.service = service;
		this.leaders = leaders;
		this.known = known;
		this.sink = sink;
		this.permissions = new PermissionCheck(service, known);
		this.refresh = new ListRefresh(service, this.permissions, this.index, known, sink);
	}

	@Override
	public void begin(AttemptContext context) {
		this.context = context;
		this.pace = new QueryPace(context.loop().nanoTime());
		this.stale = this.leaders.isLeaderless();
		query(context);
	}

	@Override
	public void end() {
		this.leaders.unfollow(this.leaderLost);
		this.service.queries().release(this);
		this.abort.run();
		this.refresh.abort();
	}

	@Override
	public void refresh() {
		if (this.context != null) {
			this.refresh.begin(this.context);
		}
	}

	private void query(AttemptContext context) {
		Duration wait = this.service.queries().wait(this.service.query().maxWait(), this.streams);
		wait = (this.stale && wait.compareTo(STALE_WAIT) > 0) ? STALE_WAIT : wait;
		this.index.sent(context.loop().nanoTime(), wait);
		boolean fromServers = this.stale || this.leaders.isDistrusted();
		this.fromAnyServer = !fromServers && this.index.next() != 0;
		ConsulCall<HealthAnswer> call = this.service.send(this.index.next(), wait, this.stale, fromServers);
		this.abort = call.abort();
		context.await(call.answer(), (answer) -> answered(context, answer), (cause) -> failed(context, cause));
	}

	private void failed(AttemptContext context, RegistryException cause) {
		this.service.queries().failed(cause);
		boolean serverError = cause instanceof ConsulStatusException status && status.isServerError();
		if (serverError) {
			this.leaders.troubled();
		}
		if (!serverError || this.stale) {
			context.failed(cause);
			return;
		}
		logger.debug("Reading service '{}' from any server of {}, since the leader does not respond: {}",
				this.service.service(), this.service.description(), cause.getMessage());
		this.stale = true;
		this.confirming = false;
		if (this.active && this.election == null) {
			this.election = context.schedule(ELECTION, this.leaders::leaderLost);
			this.leaders.follow(this.leaderLost);
		}
		queryAgain(context, 0, false);
	}

	private void leaderLost() {
		if (this.context != null) {
			this.context
				.failed(new RegistryException("%s: the servers have no leader, so what they know may be out of date"
					.formatted(this.service.description()), null));
		}
	}

	private void answered(AttemptContext context, HealthAnswer answer) {
		answer.skipped().forEach((skipped) -> this.sink.skipped(skipped.key(), skipped.reason()));
		this.streams = this.fromAnyServer ? answer.streaming() : this.streams;
		followLeader(answer);
		if (answer.streaming()) {
			streamed(context, answer);
		}
		else if (this.stale || !answer.knownLeader()) {
			accept(context, answer, false);
		}
		else {
			if (this.confirming && !this.known.isLessIn(answer)) {
				// the agent's copy was wrong
				this.leaders.troubled();
			}
			this.permissions.check(context, answer, () -> accept(context, answer, true), (cause) -> {
				publish(this.known.add(answer));
				context.failed(cause);
			});
		}
	}

	// a query that the servers hold fails without a leader, one of an agent that streams
	// does not
	private void followLeader(HealthAnswer answer) {
		if (this.fromAnyServer && !answer.streaming()) {
			this.leaders.unfollow(this.leaderLost);
		}
		else if (answer.source() != Source.OLD_SERVERS && this.service.query().near() == null) {
			this.leaders.follow(this.leaderLost);
		}
	}

	private void streamed(AttemptContext context, HealthAnswer answer) {
		if (this.index.isOlderThanServers(answer)) {
			this.leaders.troubled();
			queryAgain(context, this.index.seenOfServers(), false);
		}
		else if (this.known.isLessIn(answer)) {
			this.confirming = true;
			this.index.next(0);
			query(context);
		}
		else {
			accept(context, answer, true);
		}
	}

	private void accept(AttemptContext context, HealthAnswer answer, boolean whole) {
		boolean useful = this.index.isUseful(answer, context.loop().nanoTime()) || this.confirming;
		boolean regressed = this.index.regressed(answer);
		this.confirming = false;
		if (regressed || !whole) {
			this.sink.mayHaveForgotten();
		}
		publish(whole ? this.known.replace(answer) : this.known.add(answer));
		if (!this.stale) {
			active(context, answer);
		}
		else if (answer.knownLeader()) {
			// listed by the leader at once: a blocking query would say nothing for long
			this.stale = false;
			queryAgain(context, 0, false);
			return;
		}
		queryAgain(context, regressed ? 0 : answer.index(), useful && !regressed);
	}

	private void active(AttemptContext context, HealthAnswer answer) {
		if (this.election != null) {
			this.election.cancel();
			this.election = null;
		}
		if (!answer.streaming()) {
			this.leaders.leaderAnswered();
		}
		this.active = true;
		this.sink.heard();
		context.active();
	}

	private void publish(@Nullable Listing listing) {
		if (listing != null) {
			this.sink.changed(() -> listing);
		}
	}

	private void queryAgain(AttemptContext context, long index, boolean useful) {
		this.index.next(index);
		QueryPace pace = this.pace;
		if (pace == null) {
			return;
		}
		if (index != 0 && !this.service.queries().mayHold(this)) {
			this.index.next(0);
			context.schedule(this.service.queries().pollInterval(), () -> query(context));
			return;
		}
		Duration pause = pace.pause(useful, context.loop().nanoTime(), context.loop().random());
		if (pause.isZero()) {
			query(context);
		}
		else {
			context.schedule(pause, () -> query(context));
		}
	}

}
