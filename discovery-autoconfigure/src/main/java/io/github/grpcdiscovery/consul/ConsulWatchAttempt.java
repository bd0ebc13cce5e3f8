package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.consul.ConsulApi.HealthRequest;
import io.github.grpcdiscovery.consul.ConsulApi.ReadPermission;
import io.github.grpcdiscovery.reconnect.AttemptContext;
import io.github.grpcdiscovery.watch.InstancesSink;
import io.github.grpcdiscovery.watch.WatchAttempt;

/**
 * Lists a service and then asks for changes by blocking queries, one after the other.
 * Where Consul has no leader it reads from any server, which tells what was true last.
 */
final class ConsulWatchAttempt implements WatchAttempt {

	private static final Logger logger = LoggerFactory.getLogger(ConsulWatchAttempt.class);

	private static final Duration STALE_WAIT = Duration.ofSeconds(5);

	private final ConsulApi api;

	private final String description;

	private final String service;

	private final ConsulQuery query;

	private final InstancesSink sink;

	private @Nullable AttemptContext context;

	private @Nullable Runnable abort;

	private @Nullable Runnable abortRefresh;

	private @Nullable QueryPace pace;

	// of the last answer
	private long seen;

	// as accepted last: that it still is loses nothing
	private boolean empty;

	// of the next query; 0 to be answered at once
	private long index;

	private boolean first = true;

	private boolean stale;

	private long askedAt;

	private Duration wait = Duration.ZERO;

	ConsulWatchAttempt(ConsulApi api, String description, String service, ConsulQuery query, InstancesSink sink) {
		this.api = api;
		this.description = description;
		this.service = service;
		this.query = query;
		this.sink = sink;
	}

	@Override
	public void begin(AttemptContext context) {
		this.context = context;
		this.pace = new QueryPace(context.loop().nanoTime());
		ask(context);
	}

	@Override
	public void end() {
		if (this.abort != null) {
			this.abort.run();
		}
		if (this.abortRefresh != null) {
			this.abortRefresh.run();
		}
	}

	@Override
	public void refresh() {
		AttemptContext context = this.context;
		if (context == null) {
			return;
		}
		ConsulCall<HealthAnswer> call = this.api
			.health(new HealthRequest(this.service, this.query, 0, this.query.maxWait(), false));
		this.abortRefresh = call.abort();
		context.await(call.answer(), (answer) -> refreshed(context, answer), this.sink::refreshFailed);
	}

	private void refreshed(AttemptContext context, HealthAnswer answer) {
		if (!answer.knownLeader() || Long.compareUnsigned(answer.index(), this.seen) < 0) {
			this.sink.refreshFailed(new RegistryException("%s: service '%s': the answer is older than what is known"
				.formatted(this.description, this.service), null));
			return;
		}
		ifAllowedToRead(context, answer, this.sink::refreshFailed, () -> {
			this.empty = answer.empty();
			this.sink.refreshed(answer::listing);
		});
	}

	private void ask(AttemptContext context) {
		this.askedAt = context.loop().nanoTime();
		this.wait = nextWait();
		ConsulCall<HealthAnswer> call = this.api
			.health(new HealthRequest(this.service, this.query, this.index, this.wait, this.stale));
		this.abort = call.abort();
		call.answer().whenComplete((answer, error) -> context.execute(() -> {
			if (error != null) {
				failed(context, ConsulErrors.unwrap(error));
			}
			else {
				answered(context, answer);
			}
		}));
	}

	private Duration nextWait() {
		Duration wait = this.query.maxWait();
		return (this.stale && wait.compareTo(STALE_WAIT) > 0) ? STALE_WAIT : wait;
	}

	private void failed(AttemptContext context, RegistryException cause) {
		if (!this.stale && cause instanceof ConsulStatusException status && status.isServerError()) {
			logger.debug("Service '{}' is read from any server of {}, since the leader gives no answer: {}",
					this.service, this.description, cause.getMessage());
			this.stale = true;
			askAgain(context, 0, false);
		}
		else {
			context.failed(cause);
		}
	}

	private void answered(AttemptContext context, HealthAnswer answer) {
		answer.skipped().forEach((skipped) -> this.sink.skipped(skipped.key(), skipped.reason()));
		ifAllowedToRead(context, answer, context::failed, () -> accept(context, answer));
	}

	private void ifAllowedToRead(AttemptContext context, HealthAnswer answer, Consumer<RegistryException> refused,
			Runnable next) {
		if (!answer.empty() || this.empty) {
			next.run();
		}
		else if (answer.filteredByAcls()) {
			refused.accept(noPermission());
		}
		else {
			context.await(this.api.readPermission(this.service), (permission) -> {
				if (permission == ReadPermission.DENIED) {
					refused.accept(noPermission());
				}
				else {
					next.run();
				}
			}, refused);
		}
	}

	// Consul answers an empty list to those who may not read, not an error
	private RegistryAccessException noPermission() {
		return new RegistryAccessException(
				"%s: the token may not read service '%s' (expected: a token with service:read on it and node:read on its nodes)"
					.formatted(this.description, this.service),
				null);
	}

	private void accept(AttemptContext context, HealthAnswer answer) {
		long now = context.loop().nanoTime();
		boolean regress = answer.index() != 0 && Long.compareUnsigned(answer.index(), this.seen) < 0;
		boolean useful = !regress && isUseful(answer, now);
		this.first = false;
		this.seen = (answer.index() != 0) ? answer.index() : this.seen;
		hand(answer, regress);
		if (!this.stale) {
			this.sink.heard();
			context.active();
		}
		else if (answer.knownLeader()) {
			// listed by the leader at once: a blocking query would say nothing for long
			this.stale = false;
			askAgain(context, 0, false);
			return;
		}
		askAgain(context, regress ? 0 : answer.index(), useful);
	}

	// without a leader, what is missing may be there all the same
	private void hand(HealthAnswer answer, boolean regress) {
		if (regress || !answer.knownLeader()) {
			this.sink.mayHaveForgotten();
		}
		if (answer.knownLeader() || !answer.instances().isEmpty()) {
			this.empty = answer.empty();
			this.sink.changed(answer::listing);
		}
	}

	// a change, or the end of a long wait, and not an answer that comes at once whatever
	// is asked
	private boolean isUseful(HealthAnswer answer, long now) {
		if (answer.index() == 0) {
			return false;
		}
		if (this.index == 0) {
			return this.first;
		}
		return Long.compareUnsigned(answer.index(), this.index) > 0 || now - this.askedAt >= this.wait.toNanos() / 2;
	}

	private void askAgain(AttemptContext context, long index, boolean useful) {
		this.index = index;
		QueryPace pace = this.pace;
		if (pace == null) {
			return;
		}
		Duration pause = pace.pause(useful, context.loop().nanoTime(), context.loop().random());
		if (pause.isZero()) {
			ask(context);
		}
		else {
			context.schedule(pause, () -> ask(context));
		}
	}

}
