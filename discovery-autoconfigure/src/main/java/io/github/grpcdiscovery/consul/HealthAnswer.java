package io.github.grpcdiscovery.consul;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.codec.Json;
import io.github.grpcdiscovery.consul.ConsulApi.HealthRequest;

/**
 * The instances of a service as Consul told them.
 *
 * @param index index to go on from, to be compared unsigned; 0 if there is none
 * @param knownLeader whether the servers had a leader; without one, what is missing may
 * be there all the same
 * @param filteredByAcls whether our token may not see everything
 * @param empty whether Consul listed nothing at all
 * @param instances what could be read
 * @param skipped what could not
 */
record HealthAnswer(long index, boolean knownLeader, boolean filteredByAcls, boolean empty,
		List<ServiceInstance> instances, List<Skipped> skipped) {

	private static final String PASSING = "passing";

	private static final List<String> STATUSES = List.of(PASSING, "warning", "critical", "maintenance");

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
		List<ServiceInstance> instances = new ArrayList<>(list.size());
		List<Skipped> skipped = new ArrayList<>();
		for (Object element : list) {
			Map<String, @Nullable Object> entry = Json.asObject(element);
			if (!(entry.get("Service") instanceof Map<?, ?>) || !(entry.get("Checks") instanceof List<?> checks)) {
				throw answer.malformed("an entry without Service or Checks");
			}
			try {
				if (!request.query().passingOnly() || isPassing(checks)) {
					instances.add(ConsulEntry.read(request.service(), entry));
				}
			}
			catch (IllegalArgumentException ex) {
				skipped.add(new Skipped(ConsulEntry.key(entry), String.valueOf(ex.getMessage())));
			}
		}
		return new HealthAnswer(answer.index(), answer.knownLeader(), answer.filteredByAcls(), list.isEmpty(),
				instances, skipped);
	}

	// Consul did this already; what stands between us and Consul may not have
	private static boolean isPassing(List<?> checks) {
		boolean passing = true;
		for (Object check : checks) {
			String status = String.valueOf(Json.asObject(check).get("Status"));
			if (!STATUSES.contains(status)) {
				throw new IllegalArgumentException(
						"check status: '%s' (expected: one of %s)".formatted(status, STATUSES));
			}
			passing = passing && status.equals(PASSING);
		}
		return passing;
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
