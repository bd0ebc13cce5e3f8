package io.github.grpcdiscovery.samples.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAcl;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.ManagedProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A full run of the packaged samples at their most talkative, with everything that the
 * actuator shows: what they prove themselves by to the registry appears nowhere.
 */
@Timeout(900)
class SecretsIT {

	private static final String[] TALKATIVE = { "--logging.level.root=TRACE", "--server.address=127.0.0.1",
			"--server.port=0", "--management.endpoints.web.exposure.include=*",
			"--management.endpoint.health.show-details=always", "--management.endpoint.env.show-values=always",
			"--management.endpoint.configprops.show-values=always" };

	// a heap holds everything that a process knows
	private static final Set<String> NOT_READ = Set.of("heapdump", "self");

	private static final String READS = "service \"tag-service\" { policy = \"read\" } node_prefix \"\" { policy = \"read\" }";

	private static final Pattern REFUSED = Pattern.compile("\"lastError\":\"[^\"]*403");

	@Test
	void consulsTokenIsShownNowhere() {
		try (ConsulAgent consul = ConsulAgent.builder().persistent().acl().args("-log-level=trace").start();
				SampleProcesses samples = new SampleProcesses("--spring.profiles.active=consul",
						"--grpc.discovery.consul.port=" + consul.httpPort(),
						"--grpc.discovery.consul.check.interval=1s", "--grpc.discovery.consul.check.timeout=10s",
						"--grpc.discovery.consul.audit-interval=1s", "--grpc.discovery.consul.query.wait=2s")) {
			String serverToken = consul.acl()
				.createToken("service \"tag-service\" { policy = \"write\" } node_prefix \"\" { policy = \"read\" }");
			String clientToken = consul.acl().createToken(READS);
			ManagedProcess server = server(samples, Map.of("GRPC_DISCOVERY_CONSUL_TOKEN", serverToken));
			ManagedProcess client = client(samples, Map.of("GRPC_DISCOVERY_CONSUL_TOKEN", clientToken));
			knowsAndCalls(samples, client, server);

			consul.kill();
			lastErrorOf(samples, client, "failed");
			lastErrorOf(samples, server, "failed");
			consul.start();
			isWell(samples, client);
			isWell(samples, server);

			consul.acl().deleteToken(serverToken);
			consul.acl().deleteToken(clientToken);
			ConsulAcl.untilNoticed(() -> {
				consul.acl().restoreToken(clientToken, READS);
				consul.acl().deleteToken(clientToken);
			}, () -> REFUSED.matcher(samples.text(client, "/actuator/grpcdiscovery")).find());
			lastErrorOf(samples, server, "403");
			assertThat(samples.instances(client)).hasSize(1);

			isShownNowhere(samples, client, serverToken, clientToken);
			isShownNowhere(samples, server, serverToken, clientToken);
			client.terminate();
			server.terminate();
			assertThat(consul.log()).contains("/v1/health/service/tag-service")
				.doesNotContain(serverToken, clientToken);
			isLoggedNowhere(client, "/v1/health/service/tag-service", serverToken, clientToken);
			isLoggedNowhere(server, "/v1/agent/service/register", serverToken, clientToken);
		}
	}

	@Test
	void etcdsPasswordIsShownNowhere() {
		try (EtcdServer etcd = EtcdServer.started();
				SampleProcesses samples = new SampleProcesses("--spring.profiles.active=etcd",
						"--grpc.discovery.etcd.endpoints=" + etcd.endpoint(), "--grpc.discovery.etcd.ttl=4s")) {
			String password = "pa55-w0rd-0f-the-tests";
			etcd.addUser("tags", password, "tags", "tag-service/", "readwrite");
			etcd.enableAuth("r00t-pa55-w0rd");
			Map<String, String> environment = Map.of("GRPC_DISCOVERY_ETCD_USER", "tags", "GRPC_DISCOVERY_ETCD_PASSWORD",
					password);
			ManagedProcess server = server(samples, environment);
			ManagedProcess client = client(samples, environment);
			knowsAndCalls(samples, client, server);

			etcd.kill();
			lastErrorOf(samples, client, "");
			lastErrorOf(samples, server, "");
			etcd.start();
			isWell(samples, client);
			isWell(samples, server);

			String frames = HexFormat.of().formatHex(password.getBytes(StandardCharsets.UTF_8));
			isShownNowhere(samples, client, password, frames);
			isShownNowhere(samples, server, password, frames);
			client.terminate();
			server.terminate();
			isLoggedNowhere(client, "io.github.grpcdiscovery", password, frames);
			isLoggedNowhere(server, "io.github.grpcdiscovery", password, frames);
		}
	}

	private static ManagedProcess server(SampleProcesses samples, Map<String, String> environment) {
		return samples.start("sample-server", environment, with("--grpc.server.address=127.0.0.1",
				"--grpc.server.port=0", "--grpc.discovery.registration.host=127.0.0.1"));
	}

	private static ManagedProcess client(SampleProcesses samples, Map<String, String> environment) {
		return samples.start("sample-client", environment, with());
	}

	private static String[] with(String... arguments) {
		String[] all = new String[arguments.length + TALKATIVE.length];
		System.arraycopy(arguments, 0, all, 0, arguments.length);
		System.arraycopy(TALKATIVE, 0, all, arguments.length, TALKATIVE.length);
		return all;
	}

	private static void knowsAndCalls(SampleProcesses samples, ManagedProcess client, ManagedProcess server) {
		String address = samples.address(server);
		Conditions.await(Duration.ofSeconds(120))
			.untilAsserted(() -> assertThat(samples.instances(client)).containsExactly(address));
		// the first call of a process that logs so much may be late
		Conditions.await(Duration.ofSeconds(120))
			.untilAsserted(() -> assertThat(samples.text(client, "/hello?name=Ada")).contains("Ada"));
	}

	private static void lastErrorOf(SampleProcesses samples, ManagedProcess process, String part) {
		Conditions.await(Duration.ofSeconds(120))
			.untilAsserted(() -> assertThat(samples.text(process, "/actuator/grpcdiscovery"))
				.containsPattern("\"lastError\":\"[^\"]*" + part));
	}

	private static void isWell(SampleProcesses samples, ManagedProcess process) {
		Conditions.await(Duration.ofSeconds(120))
			.untilAsserted(() -> assertThat(samples.text(process, "/actuator/health")).doesNotContain("DEGRADED")
				.contains("grpcDiscovery"));
	}

	private static void isShownNowhere(SampleProcesses samples, ManagedProcess process, String... secrets) {
		Set<String> read = new TreeSet<>();
		samples.get(process, "/actuator").path("_links").forEachEntry((name, link) -> {
			if (!NOT_READ.contains(name) && !link.path("templated").asBoolean()) {
				String path = link.path("href").asString().replaceFirst("^http://[^/]*", "");
				assertThat(samples.text(process, path)).as(path).doesNotContain(secrets);
				read.add(name);
			}
		});
		assertThat(read).contains("env", "configprops", "grpcdiscovery", "health", "beans", "conditions", "metrics");
		assertThat(samples.text(process, "/actuator/env")).as("masked, not left out")
			.containsPattern("\"GRPC_DISCOVERY_[A-Z]+_(TOKEN|PASSWORD)\":\\{[^{}]*\"value\":\"\\*{6}\"");
	}

	private static void isLoggedNowhere(ManagedProcess process, String said, String... secrets) {
		process.waitForExit(Duration.ofMinutes(1));
		String output = process.output();
		assertThat(output.contains(said)).as("it said " + said).isTrue();
		assertThat(output.contains(" TRACE ")).as("it was talkative").isTrue();
		// a few lines in a message, and not megabytes
		assertThat(output.lines().filter((line) -> Arrays.stream(secrets).anyMatch(line::contains)).limit(3)).isEmpty();
	}

}
