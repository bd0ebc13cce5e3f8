package io.github.grpcdiscovery.consul;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.Listing;

/**
 * Reads a service beside its blocking query, from servers with a leader, and reports what
 * it finds if that is not older than what is known. On the event loop only.
 */
final class ListRefresh {

	private final ServiceQueries queries;

	private final PermissionCheck permissions;

	private final QueryIndex index;

	private final KnownEntries known;

	private final InstancesSink sink;

	private Runnable abort = () -> {
	};

	/**
	 * Creates the refreshes of one attempt; asks for nothing yet.
	 * @param queries of the service
	 * @param permissions checks whether an answer is complete
	 * @param index where the attempt stands
	 * @param known what is known of the service
	 * @param sink takes the list, or why there is none
	 */
	ListRefresh(ServiceQueries queries, PermissionCheck permissions, QueryIndex index, KnownEntries known,
			InstancesSink sink) {
		this.queries = queries;
		this.permissions = permissions;
		this.index = index;
		this.known = known;
		this.sink = sink;
	}

	void begin(AttemptContext context) {
		ConsulCall<HealthAnswer> call = this.queries.list();
		this.abort = call.abort();
		context.await(call.answer(), (answer) -> answered(context, answer), this.sink::refreshFailed);
	}

	private void answered(AttemptContext context, HealthAnswer answer) {
		if (!answer.knownLeader() || this.index.isOlderThanServers(answer)) {
			this.sink.refreshFailed(new RegistryException("%s: service '%s': the answer is older than what is known"
				.formatted(this.queries.description(), this.queries.service()), null));
			return;
		}
		this.permissions.check(context, answer, () -> {
			this.index.regressed(answer);
			Listing listing = this.known.replace(answer);
			this.sink.refreshed(() -> listing);
		}, this.sink::refreshFailed);
	}

	void abort() {
		this.abort.run();
	}

}
