package io.github.grpcdiscovery.consul;

import java.util.Set;
import java.util.function.Consumer;

import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.consul.ConsulApi.ReadPermission;
import io.github.grpcdiscovery.consul.HealthAnswer.Source;
import io.github.grpcdiscovery.spi.AttemptContext;

/**
 * Finds out whether an answer of the servers tells everything: Consul leaves out what our
 * token may not read. Since 1.11 it says that it does; older ones are asked, whenever an
 * answer lacks something, what the token may read. On the event loop only.
 */
final class PermissionCheck {

	private final ServiceQueries queries;

	private final KnownEntries known;

	PermissionCheck(ServiceQueries queries, KnownEntries known) {
		this.queries = queries;
		this.known = known;
	}

	/**
	 * Checks an answer.
	 * @param context of the attempt that got it
	 * @param answer from servers, not from the agent's copy
	 * @param whole run if it tells everything
	 * @param partial takes the error, which names the permission, if it does not
	 */
	void check(AttemptContext context, HealthAnswer answer, Runnable whole, Consumer<RegistryException> partial) {
		if (!answer.filteredByAcls() && !this.known.isLessIn(answer)) {
			whole.run();
			return;
		}
		Set<String> missing = this.known.nodesMissingIn(answer);
		boolean anyNode = missing.isEmpty() && answer.empty() && answer.source() == Source.OLD_SERVERS;
		Set<String> nodes = anyNode ? Set.of("") : missing;
		context.await(this.queries.readPermission(nodes), (permission) -> {
			if (answer.filteredByAcls() || permission == ReadPermission.SERVICE_DENIED
					|| permission == ReadPermission.NODE_DENIED) {
				partial.accept(missing(permission));
			}
			else {
				whole.run();
			}
		}, (error) -> partial.accept(answer.filteredByAcls() ? missing(ReadPermission.UNKNOWN) : error));
	}

	private RegistryAccessException missing(ReadPermission permission) {
		String service = this.queries.service();
		String what = switch (permission) {
			case SERVICE_DENIED -> "service '%s'".formatted(service);
			case NODE_DENIED -> "nodes that service '%s' is on".formatted(service);
			default -> "all of service '%s' and its nodes".formatted(service);
		};
		return new RegistryAccessException(
				"%s: the token may not read %s (expected: a token with service:read on '%s' and node:read on its nodes)"
					.formatted(this.queries.description(), what, service),
				null);
	}

}
