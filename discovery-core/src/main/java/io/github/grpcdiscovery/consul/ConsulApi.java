package io.github.grpcdiscovery.consul;

import java.util.Set;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * What we need of a Consul agent. Called by any thread; every call returns at once and
 * every one of the results is bounded in time. Errors are
 * {@link io.github.grpcdiscovery.RegistryException}s; an answer of any status is no
 * error, but for {@link #health}. Results may come on any thread.
 */
interface ConsulApi {

	/**
	 * Asks for the instances of a service.
	 * @param request what is asked
	 * @return fails unless the answer is a list; with {@link ConsulStatusException} where
	 * Consul answered by a status
	 */
	ConsulCall<HealthAnswer> health(HealthRequest request);

	/**
	 * Asks for a key of Consul's KV store.
	 * @param request what is asked
	 * @return fails unless the answer is a key or that there is none; with
	 * {@link ConsulStatusException} where Consul answered by a status
	 */
	ConsulCall<KeyAnswer> key(KeyRequest request);

	/**
	 * Asks whether our token may read a service and nodes.
	 * @param datacenter where it has to; {@code null} for the agent's own
	 * @param service name of the service
	 * @param nodes names of nodes that it is, or was, on
	 * @return fails where Consul could not answer, and may do so later
	 */
	CompletionStage<ReadPermission> readPermission(@Nullable String datacenter, String service, Set<String> nodes);

	/**
	 * Asks whether the servers have a leader.
	 * @param datacenter whose servers; {@code null} for the agent's own
	 * @return fails where that cannot be found out, since the agent does not answer
	 */
	CompletionStage<Boolean> hasLeader(@Nullable String datacenter);

	/**
	 * Asks how many connections the agent allows one address.
	 * @return 0 for any number; {@code null} where the agent does not say it, perhaps
	 * since our token may not read it
	 */
	CompletionStage<@Nullable Integer> connectionLimit();

	/**
	 * Asks the agent for a service registered with it; 404 if there is none.
	 */
	CompletionStage<ConsulAnswer> service(String id);

	/**
	 * Asks the agent for a service registered with it and how well it is.
	 */
	CompletionStage<ConsulAnswer> serviceHealth(String id);

	CompletionStage<ConsulAnswer> register(String json);

	CompletionStage<ConsulAnswer> deregister(String id);

	/**
	 * Tells the agent that the instance of a TTL check is well.
	 */
	CompletionStage<ConsulAnswer> pass(String checkId);

	CompletionStage<ConsulAnswer> maintenance(String id, boolean on, String reason);

	/**
	 * The address that the agent's node has for other machines.
	 * @return {@code null} if the agent does not let us read it, for which it takes
	 * {@code agent:read}
	 */
	CompletionStage<@Nullable String> nodeAddress();

	/** Whether a token may read a service and the nodes that it is on. */
	enum ReadPermission {

		/** It may, or everybody may. */
		GRANTED,

		/** It may not read the service: lists are empty whatever the truth is. */
		SERVICE_DENIED,

		/** It may not read all of the nodes: what is on those is missing from lists. */
		NODE_DENIED,

		/** This Consul does not tell. */
		UNKNOWN

	}

}
