package io.github.grpcdiscovery.consul;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.consul.ConsulApi.ReadPermission;
import io.github.grpcdiscovery.internal.codec.Json;

/**
 * Asks Consul what a token may read, and reads the answer.
 */
final class ReadPermissions {

	// Consul refuses more than 64 resources in one request
	private static final int MAX_NODES = 63;

	// said with 401 by an agent, with 500 by the servers of another datacenter
	private static final String NO_ACLS = "ACL support disabled";

	private ReadPermissions() {
	}

	/**
	 * What is asked: first about the service, then about the nodes.
	 * @param service name of the service
	 * @param nodes names of nodes, of which so many as Consul allows are asked about
	 * @return a JSON array
	 */
	static String request(String service, Set<String> nodes) {
		List<String> resources = new ArrayList<>();
		resources.add(resource("service", service));
		nodes.stream().limit(MAX_NODES).forEach((node) -> resources.add(resource("node", node)));
		return "[" + String.join(",", resources) + "]";
	}

	private static String resource(String resource, String segment) {
		return new String(Json.writeObject(Map.of("Resource", resource, "Access", "read", "Segment", segment)),
				StandardCharsets.UTF_8);
	}

	/**
	 * Reads Consul's answer.
	 * @param answer what Consul answered
	 * @return what the token may read
	 * @throws RegistryException if it could not answer, and may do so later
	 */
	static ReadPermission read(ConsulAnswer answer) {
		if (answer.status() == 401 || answer.body().contains(NO_ACLS)) {
			return ReadPermission.GRANTED;
		}
		if (answer.status() == 403) {
			// else it is a way to the agent on which nothing may be posted
			return answer.body().contains("ACL") ? ReadPermission.SERVICE_DENIED : ReadPermission.UNKNOWN;
		}
		if (answer.status() == 429 || answer.status() >= 500) {
			throw answer.error("nothing");
		}
		if (!answer.isOk()) {
			return ReadPermission.UNKNOWN;
		}
		try {
			if (!(answer.json() instanceof List<?> decisions) || decisions.isEmpty()) {
				return ReadPermission.UNKNOWN;
			}
			if (isDenied(decisions.get(0))) {
				return ReadPermission.SERVICE_DENIED;
			}
			return decisions.stream().anyMatch(ReadPermissions::isDenied) ? ReadPermission.NODE_DENIED
					: ReadPermission.GRANTED;
		}
		catch (RegistryException ex) {
			return ReadPermission.UNKNOWN;
		}
	}

	private static boolean isDenied(Object decision) {
		return Boolean.FALSE.equals(Json.asObject(decision).get("Allow"));
	}

}
