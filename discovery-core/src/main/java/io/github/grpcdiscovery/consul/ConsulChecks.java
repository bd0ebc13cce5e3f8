package io.github.grpcdiscovery.consul;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Reads what Consul says of an instance's health.
 */
final class ConsulChecks {

	private static final String PASSING = "passing";

	private static final String WARNING = "warning";

	private static final List<String> STATUSES = List.of(PASSING, WARNING, "critical", "maintenance");

	// the checks by which the agent itself opens a connection, and how it begins what the
	// server answered to it
	private static final Map<String, String> PROBES = Map.of("grpc", "gRPC ", "http", "HTTP ", "tcp", "", "udp", "",
			"h2ping", "");

	// what Consul writes when a server was silent for longer than its TTL
	private static final String TTL_EXPIRED = "TTL expired";

	private static final String NODE_MAINTENANCE = "_node_maintenance";

	private static final String SERVICE_MAINTENANCE = "_service_maintenance:";

	private ConsulChecks() {
	}

	/**
	 * Whether an instance is to be called, by the rule of Consul's own DNS: every check
	 * is passing or, unless only passing ones are wanted, in warning.
	 * @param checks as in an entry of the health endpoint
	 * @param passingOnly whether a warning takes an instance out
	 * @return {@code true} also without checks
	 * @throws IllegalArgumentException if there is a status that Consul does not know
	 */
	static boolean allow(List<?> checks, boolean passingOnly) {
		boolean allowed = true;
		for (Object check : checks) {
			String status = status(Json.asObject(check));
			allowed = (status.equals(PASSING) || (status.equals(WARNING) && !passingOnly)) && allowed;
		}
		return allowed;
	}

	private static String status(Map<String, @Nullable Object> check) {
		String status = String.valueOf(check.get("Status"));
		if (!STATUSES.contains(status)) {
			throw new IllegalArgumentException("check status: '%s' (expected: one of %s)".formatted(status, STATUSES));
		}
		return status;
	}

	/**
	 * Whether somebody has seen that the instance is not to be called: the server itself,
	 * when it answers a probe or sets its check, a script, an operator. Silence is no
	 * such thing, be it the server's (its TTL ran out), the agent's (its node is lost) or
	 * that of an agent that started again and has not probed yet, where the check has no
	 * output. Neither is a probe that did not reach the server.
	 * @param checks as in an entry of the health endpoint
	 * @throws IllegalArgumentException if there is a status that Consul does not know
	 */
	static boolean anyWitnessed(List<?> checks) {
		return checks.stream()
			.map(Json::asObject)
			.anyMatch((check) -> !status(check).equals(PASSING) && isWitnessed(check));
	}

	/**
	 * Whether a probe of the agent's did not reach the server, or got no answer of it: it
	 * was refused, timed out or failed in the TLS handshake.
	 * @param checks as in an entry of the health endpoint
	 * @throws IllegalArgumentException if there is a status that Consul does not know
	 */
	static boolean anyUnreached(List<?> checks) {
		return checks.stream()
			.map(Json::asObject)
			.anyMatch((check) -> !status(check).equals(PASSING) && isOfService(check) && isUnreached(check));
	}

	/**
	 * What the worst check says.
	 * @param checks as in an entry of the health endpoint, one of them not passing
	 * @return its status, name and output, printable
	 */
	static String describe(List<?> checks) {
		return checks.stream()
			.map(Json::asObject)
			.max(Comparator.comparingInt((check) -> STATUSES.indexOf(text(check, "Status"))))
			.map(ConsulChecks::describe)
			.orElse("");
	}

	/**
	 * Whether a check keeps clients from calling the instance, and somebody has said why.
	 * An agent that has not probed yet has nothing to say.
	 * @param check of an entry of the health endpoint or of the agent's
	 * @throws IllegalArgumentException if there is a status that Consul does not know
	 */
	static boolean isFault(Map<String, @Nullable Object> check) {
		return !status(check).equals(PASSING) && (isMaintenance(check) || !text(check, "Output").isBlank());
	}

	static boolean isPassing(Map<String, @Nullable Object> check) {
		return status(check).equals(PASSING);
	}

	static boolean isWarning(Map<String, @Nullable Object> check) {
		return status(check).equals(WARNING);
	}

	static boolean isMaintenance(Map<String, @Nullable Object> check) {
		String id = text(check, "CheckID");
		return NODE_MAINTENANCE.equals(id) || id.startsWith(SERVICE_MAINTENANCE);
	}

	static String describe(Map<String, @Nullable Object> check) {
		String name = text(check, "Name").isEmpty() ? text(check, "CheckID") : text(check, "Name");
		String output = output(check);
		return "%s by the check '%s'%s".formatted(Printable.of(text(check, "Status")), Printable.of(name),
				output.isEmpty() ? "" : " (" + Printable.of(output) + ")");
	}

	/**
	 * What a check says, or why an operator ordered maintenance.
	 * @param check of an entry of the health endpoint or of the agent's
	 * @return as it came; empty if it says nothing
	 */
	static String output(Map<String, @Nullable Object> check) {
		String output = text(check, "Output").strip();
		return (output.isEmpty() && isMaintenance(check)) ? text(check, "Notes").strip() : output;
	}

	private static boolean isWitnessed(Map<String, @Nullable Object> check) {
		if (isMaintenance(check)) {
			return true;
		}
		return isOfService(check) && !text(check, "Output").startsWith(TTL_EXPIRED) && !isUnreached(check);
	}

	private static boolean isOfService(Map<String, @Nullable Object> check) {
		return !text(check, "ServiceID").isEmpty() && !text(check, "Output").isBlank();
	}

	private static boolean isUnreached(Map<String, @Nullable Object> check) {
		String answered = PROBES.get(text(check, "Type"));
		return answered != null && (answered.isEmpty() || !text(check, "Output").startsWith(answered));
	}

	static String text(Map<String, @Nullable Object> check, String name) {
		return (check.get(name) instanceof String text) ? text : "";
	}

}
