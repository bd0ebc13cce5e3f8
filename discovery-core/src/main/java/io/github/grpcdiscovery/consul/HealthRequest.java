package io.github.grpcdiscovery.consul;

import java.time.Duration;

/**
 * One question about a service.
 *
 * @param service name of the service
 * @param query which instances
 * @param index what we know already: Consul holds the query until it knows more; 0 to be
 * answered at once
 * @param maxWait how long Consul holds the query at most
 * @param stale whether any server may answer, also without a leader
 * @param fromServers whether the servers have to answer, and not the agent from its copy
 */
record HealthRequest(String service, ConsulQuery query, long index, Duration maxWait, boolean stale,
		boolean fromServers) {
}
