package io.github.grpcdiscovery.consul;

import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Notices that several agents answer at one address, such as behind a load balancer. An
 * instance is then registered with each, and an agent that is not asked when it leaves
 * keeps it. An agent that another one replaced does not come back. On the event loop
 * only.
 */
final class AgentNodes {

	private static final Logger logger = LoggerFactory.getLogger(AgentNodes.class);

	private static final int MAX = 16;

	private final String registry;

	private final String instance;

	private final Set<String> seen = new HashSet<>();

	private @Nullable String last;

	private boolean warned;

	/**
	 * Creates it for one registration.
	 * @param registry the registry, as a person would name it
	 * @param instance id of what is registered
	 */
	AgentNodes(String registry, String instance) {
		this.registry = registry;
		this.instance = instance;
	}

	/**
	 * An agent answered.
	 * @param node name of its node; empty if it did not say it
	 */
	void answered(String node) {
		String before = this.last;
		if (this.warned || node.isEmpty() || node.equals(before)) {
			return;
		}
		this.last = node;
		if (this.seen.contains(node)) {
			this.warned = true;
			logger
				.warn("{} is more than one agent: the nodes '{}' and '{}' respond in turn. {} is registered with each "
						+ "of them, but leaves only those that respond then (fix: set grpc.discovery.consul.host to one agent, best "
						+ "the one on this machine)", this.registry, Printable.of(before), Printable.of(node),
						this.instance);
		}
		else if (this.seen.size() < MAX) {
			this.seen.add(node);
		}
	}

}
