package io.github.grpcdiscovery.consul;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.ServiceConfigSink;

/**
 * Reads the service config of a service from Consul's KV store and then waits for changes
 * by blocking queries, one after the other.
 */
final class ConsulServiceConfigAttempt implements Attempt {

	/** What the keys of services begin with. */
	static final String PREFIX = "grpc-discovery/service-config/";

	private final AgentQueries queries;

	private final String key;

	private final ConsulQuery query;

	private final ServiceConfigSink sink;

	private @Nullable Runnable abort;

	private long index;

	private long sentAt;

	ConsulServiceConfigAttempt(AgentQueries queries, String service, ConsulQuery query, ServiceConfigSink sink) {
		this.queries = queries;
		this.key = PREFIX + service;
		this.query = query;
		this.sink = sink;
	}

	@Override
	public void begin(AttemptContext context) {
		query(context, new QueryPace(context.loop().nanoTime()));
	}

	private void query(AttemptContext context, QueryPace pace) {
		Duration wait = this.queries.wait(this.query.maxWait(), false);
		this.sentAt = context.loop().nanoTime();
		ConsulCall<KeyAnswer> call = this.queries
			.send(new KeyRequest(this.key, this.query.datacenter(), this.index, wait));
		this.abort = call.abort();
		context.await(call.answer(), (answer) -> answered(context, pace, answer, wait), (cause) -> {
			this.queries.failed(cause);
			context.failed(cause);
		});
	}

	private void answered(AttemptContext context, QueryPace pace, KeyAnswer answer, Duration wait) {
		this.sink.changed(answer.value());
		context.active();
		boolean waited = context.loop().since(this.sentAt).compareTo(wait.dividedBy(2)) >= 0;
		boolean useful = Long.compareUnsigned(answer.index(), this.index) > 0 || waited;
		// an index that went backwards is that of a Consul which has forgotten
		boolean regressed = Long.compareUnsigned(answer.index(), this.index) < 0;
		this.index = regressed ? 0 : answer.index();
		if (this.index != 0 && !this.queries.mayHold(this)) {
			this.index = 0;
			context.schedule(this.queries.pollInterval(), () -> query(context, pace));
			return;
		}
		Duration pause = pace.pause(useful, context.loop().nanoTime(), context.loop().random());
		if (pause.isZero()) {
			query(context, pace);
		}
		else {
			context.schedule(pause, () -> query(context, pace));
		}
	}

	@Override
	public void end() {
		this.queries.release(this);
		if (this.abort != null) {
			this.abort.run();
		}
	}

}
