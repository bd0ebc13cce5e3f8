package io.github.grpcdiscovery.consul;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.spi.Listing;

/**
 * The instances of a service as Consul told them.
 *
 * @param index index to go on from, to be compared unsigned; 0 if there is none
 * @param source who answered, which decides how much the answer says
 * @param knownLeader whether the servers had a leader; without one, what is missing may
 * be there all the same
 * @param filteredByAcls whether our token may not see everything
 * @param entries everything that Consul listed, whether or not it is to be called
 * @param instances those to be called that could be read
 * @param outOfService addresses of those not to be called for a reason that somebody saw
 * @param unreached addresses of those that the agent's own probe did not reach, and that
 * nothing else is wrong with
 * @param unhealthy addresses of all that are not to be called by what their checks say,
 * with what they say
 * @param skipped what could not
 */
record HealthAnswer(long index, Source source, boolean knownLeader, boolean filteredByAcls, Set<Entry> entries,
		List<ServiceInstance> instances, Set<HostAndPort> outOfService, Set<HostAndPort> unreached,
		Map<HostAndPort, String> unhealthy, List<Skipped> skipped) {

	/**
	 * Reads an answer.
	 * @param answer what Consul answered
	 * @param request what was asked
	 * @return the list
	 * @throws RegistryException if the answer is no list of instances as a whole; a
	 * single bad entry is skipped
	 */
	static HealthAnswer read(ConsulAnswer answer, HealthRequest request) {
		answer.requireOk("service:read on '%s' and node:read".formatted(request.service()));
		if (!(answer.json() instanceof List<?> list)) {
			throw answer.malformed("no list");
		}
		List<Candidate> candidates = new ArrayList<>(list.size());
		List<Skipped> skipped = new ArrayList<>();
		Set<Entry> entries = new HashSet<>();
		for (Object element : list) {
			Map<String, @Nullable Object> entry = Json.asObject(element);
			if (!(entry.get("Service") instanceof Map<?, ?>) || !(entry.get("Checks") instanceof List<?> checks)) {
				throw answer.malformed("an entry without Service or Checks");
			}
			entries.add(Entry.of(entry));
			try {
				if (!ConsulEntry.isBesideOurs(request.service(), entry)) {
					candidates.add(Candidate.read(request, entry, checks));
				}
			}
			catch (IllegalArgumentException ex) {
				skipped.add(new Skipped(ConsulEntry.key(entry), String.valueOf(ex.getMessage())));
			}
		}
		return of(answer, request, entries, candidates, skipped);
	}

	private static HealthAnswer of(ConsulAnswer answer, HealthRequest request, Set<Entry> entries,
			List<Candidate> candidates, List<Skipped> skipped) {
		Set<HostAndPort> owned = candidates.stream()
			.filter(Candidate::owned)
			.map(Candidate::address)
			.collect(Collectors.toSet());
		List<ServiceInstance> instances = new ArrayList<>(candidates.size());
		Set<HostAndPort> outOfService = new HashSet<>();
		Set<HostAndPort> unreached = new HashSet<>();
		Map<HostAndPort, String> unhealthy = new HashMap<>();
		for (Candidate candidate : candidates) {
			// the process that serves there knows best
			if (!candidate.owned() && owned.contains(candidate.address())) {
				continue;
			}
			if (candidate.instance() != null) {
				instances.add(candidate.instance());
				continue;
			}
			unhealthy.put(candidate.address(), ConsulChecks.describe(candidate.checks()));
			if (ConsulChecks.anyWitnessed(candidate.checks())) {
				outOfService.add(candidate.address());
			}
			else if (ConsulChecks.anyUnreached(candidate.checks())) {
				(request.query().failTrafficOnPanic() ? outOfService : unreached).add(candidate.address());
			}
		}
		return new HealthAnswer(answer.index(), Source.of(answer), answer.knownLeader(), answer.filteredByAcls(),
				entries, instances, outOfService, unreached, unhealthy, skipped);
	}

	boolean empty() {
		return this.entries.isEmpty();
	}

	boolean streaming() {
		return this.source == Source.AGENT;
	}

	Listing listing() {
		return new Listing(this.instances, this.outOfService, this.unreached, this.unhealthy);
	}

	/** Who answered. */
	enum Source {

		/** Servers that say whether our token may see everything. */
		SERVERS,

		/** Servers of a Consul before 1.11 or so, which does not say it. */
		OLD_SERVERS,

		/** The agent, from its copy: it says nothing about the servers and our token. */
		AGENT;

		static Source of(ConsulAnswer answer) {
			if (answer.streaming()) {
				return AGENT;
			}
			return answer.reportsFiltering() ? SERVERS : OLD_SERVERS;
		}

	}

	/**
	 * What tells one entry from another.
	 *
	 * @param node name of the node that it is registered on
	 * @param id its id on that node
	 */
	record Entry(String node, String id) {

		static Entry of(Map<String, @Nullable Object> entry) {
			return new Entry(String.valueOf(Json.asObject(entry.get("Node")).get("Node")),
					String.valueOf(Json.asObject(entry.get("Service")).get("ID")));
		}

	}

	/**
	 * An entry that has an address.
	 *
	 * @param address where it is called
	 * @param owned whether a process of this project wrote it
	 * @param instance what it says, if it is to be called by what its checks say
	 * @param checks its checks
	 */
	private record Candidate(HostAndPort address, boolean owned, @Nullable ServiceInstance instance, List<?> checks) {

		static Candidate read(HealthRequest request, Map<String, @Nullable Object> entry, List<?> checks) {
			boolean allowed = ConsulChecks.allow(checks, request.query().passingOnly());
			ServiceInstance instance = allowed ? ConsulEntry.read(request.service(), entry) : null;
			HostAndPort address = (instance != null) ? instance.address() : ConsulAddress.of(entry);
			return new Candidate(address, ConsulEntry.isOwned(entry), instance, checks);
		}

	}

	/**
	 * An entry that is no instance.
	 *
	 * @param key id and revision
	 * @param reason what is wrong with it
	 */
	record Skipped(String key, String reason) {
	}

}
