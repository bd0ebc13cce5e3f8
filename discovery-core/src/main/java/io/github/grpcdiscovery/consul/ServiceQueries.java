package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The queries of one watch: what is asked about one service. On the event loop only.
 *
 * @param queries of all watches on the agent
 * @param description the registry as a person would name it
 * @param service name of the service
 * @param query which of its instances
 */
record ServiceQueries(AgentQueries queries, String description, String service, ConsulQuery query) {

	/**
	 * Asks for the list as the servers have it, at once.
	 */
	ConsulCall<HealthAnswer> list() {
		return this.queries.send(new HealthRequest(this.service, this.query, 0, this.query.maxWait(), false, true));
	}

	/**
	 * Asks for the list, or for a change of it.
	 * @param index what is known already; 0 to be answered at once
	 * @param wait how long Consul may hold the query
	 * @param stale whether any server may answer, also without a leader
	 * @param fromServers whether the servers have to answer, and not the agent
	 */
	ConsulCall<HealthAnswer> send(long index, Duration wait, boolean stale, boolean fromServers) {
		return this.queries.send(new HealthRequest(this.service, this.query, index, wait, stale, fromServers));
	}

	/**
	 * Asks whether our token may read the service and nodes.
	 * @param nodes names of nodes that it is, or was, on
	 */
	CompletionStage<ConsulApi.ReadPermission> readPermission(Set<String> nodes) {
		return this.queries.readPermission(this.query.datacenter(), this.service, nodes);
	}

}
