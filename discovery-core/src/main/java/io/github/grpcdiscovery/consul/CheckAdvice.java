package io.github.grpcdiscovery.consul;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What an operator may do about a check that does not pass. Found by what Consul's agent
 * and Go's libraries write, and only ever shown: nothing is decided by it.
 */
final class CheckAdvice {

	private static final String OR_TTL = "or grpc.discovery.consul.check.kind=ttl";

	private static final Map<String, String> BY_OUTPUT = byOutput();

	private CheckAdvice() {
	}

	private static Map<String, String> byOutput() {
		Map<String, String> advice = new LinkedHashMap<>();
		advice.put("code = Unimplemented",
				"fix: give the server gRPC's health service, which comes with io.grpc:grpc-services unless it is switched off, "
						+ OR_TTL);
		String credentials = "fix: let the server answer grpc.health.v1.Health without credentials, " + OR_TTL;
		advice.put("code = Unauthenticated", credentials);
		advice.put("code = PermissionDenied", credentials);
		advice.put("code = NotFound",
				"fix: let the server's health service know the server as a whole and the names in grpc.discovery.consul.check.services");
		advice.put("unknown authority",
				"fix: let the agent's machine trust the authority of the server's certificate, " + OR_TTL);
		advice.put("x509:",
				"fix: set grpc.discovery.consul.check.tls-server-name to a name that the server's certificate carries, "
						+ OR_TTL);
		advice.put("first record does not look like a TLS handshake",
				"fix: grpc.discovery.consul.check.tls=false, since the server speaks plaintext");
		advice.put("error reading server preface",
				"fix: grpc.discovery.consul.check.tls=true if the server speaks TLS, and else let a gRPC server listen at the advertised address");
		advice.put("tls: ",
				"fix: let the server accept clients without a certificate, since the agent sends none, " + OR_TTL);
		return advice;
	}

	/**
	 * The advice on a check.
	 * @param check what the agent says of it
	 * @param id id in Consul of our instance
	 * @param settings how the instance is checked
	 * @return what may mend it, such as {@code fix: ..}
	 */
	static String of(Map<String, @Nullable Object> check, String id, ConsulCheck settings) {
		if (ConsulChecks.isMaintenance(check)) {
			return "fix: end the maintenance, such as by 'consul maint -disable'";
		}
		if (!ConsulChecks.text(check, "CheckID").startsWith(ConsulIds.check(id))) {
			return "another application registered this check; fix: correct it there";
		}
		String output = ConsulChecks.output(check);
		return BY_OUTPUT.entrySet()
			.stream()
			.filter((entry) -> output.contains(entry.getKey()))
			.findFirst()
			.map(Map.Entry::getValue)
			.orElseGet(() -> (output.startsWith("gRPC ")) ? ofTheServer() : ofTheConnection(settings));
	}

	private static String ofTheServer() {
		return "the server reports that it does not serve; fix: see its health";
	}

	private static String ofTheConnection(ConsulCheck settings) {
		String reach = "fix: let the agent reach the advertised address, set grpc.discovery.registration.host to one that it can reach, "
				+ OR_TTL;
		return settings.tls() ? reach : reach + "; if the server speaks TLS, grpc.discovery.consul.check.tls=true";
	}

}
