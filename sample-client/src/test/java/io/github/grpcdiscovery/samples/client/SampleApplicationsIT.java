package io.github.grpcdiscovery.samples.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.ManagedProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged samples over each registry: servers come, leave and are killed, and the
 * client goes on.
 */
class SampleApplicationsIT {

	private static final int CALLS = 200;

	private static final int TTL = 8;

	private static final Duration EXIT = Duration.ofMinutes(1);

	@Test
	void overTheEmbeddedRegistry(@TempDir Path directory) {
		try (SampleProcesses samples = new SampleProcesses("--grpc.discovery.local.directory=" + directory,
				"--grpc.discovery.local.ttl=" + TTL + "s")) {
			ManagedProcess first = samples.server();
			ManagedProcess second = samples.server();
			ManagedProcess client = samples.webClient();
			knowsExactly(samples, client, samples.address(first), samples.address(second));
			callsAreShared(samples, first, second);

			first.kill();
			knowsExactly(samples, client, samples.address(second));

			leavesAtOnce(second);
			knowsExactly(samples, client);
		}
	}

	@Test
	void overEtcd() {
		try (EtcdServer etcd = EtcdServer.started();
				SampleProcesses samples = new SampleProcesses("--spring.profiles.active=etcd",
						"--grpc.discovery.etcd.endpoints=" + etcd.endpoint(),
						"--grpc.discovery.etcd.ttl=" + TTL + "s")) {
			ManagedProcess first = samples.server();
			ManagedProcess second = samples.server();
			ManagedProcess client = samples.webClient();
			knowsExactly(samples, client, samples.address(first), samples.address(second));
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> etcdHoldsExactly(etcd, samples.address(first), samples.address(second)));
			assertThat(samples.get(client, "/actuator/grpcdiscovery").toString()).contains(samples.address(first),
					samples.address(second));
			callsAreShared(samples, first, second);

			first.kill();
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> etcdHoldsExactly(etcd, samples.address(second)));
			knowsExactly(samples, client, samples.address(second));

			leavesAtOnce(second);
			assertThat(etcd.get("")).isEmpty();
			assertThat(etcd.leases()).isEmpty();
			knowsExactly(samples, client);
		}
	}

	@Test
	void overConsul() {
		try (ConsulAgent consul = ConsulAgent.started();
				SampleProcesses samples = new SampleProcesses("--spring.profiles.active=consul",
						"--grpc.discovery.consul.port=" + consul.httpPort(),
						"--grpc.discovery.consul.check.interval=1s", "--grpc.discovery.consul.check.timeout=10s")) {
			ManagedProcess first = samples.server();
			ManagedProcess second = samples.server();
			ManagedProcess client = samples.webClient();
			knowsExactly(samples, client, samples.address(first), samples.address(second));
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> consulLists(consul, samples.address(first), samples.address(second)));
			assertThat(samples.get(client, "/actuator/grpcdiscovery").toString()).contains(samples.address(first),
					samples.address(second));
			callsAreShared(samples, first, second);

			first.kill();
			Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> consulLists(consul, samples.address(second)));
			knowsExactly(samples, client, samples.address(second));

			String id = "tag-service-" + samples.address(second).replace(':', '-');
			assertThat(consul.get("/v1/agent/services")).contains(id);
			leavesAtOnce(second);
			assertThat(consul.get("/v1/agent/services")).doesNotContain(id);
			knowsExactly(samples, client);
		}
	}

	private static void knowsExactly(SampleProcesses samples, ManagedProcess client, String... addresses) {
		Conditions.await(Duration.ofSeconds(120))
			.untilAsserted(() -> assertThat(samples.instances(client)).containsExactlyInAnyOrder(addresses));
	}

	private static void callsAreShared(SampleProcesses samples, ManagedProcess... servers) {
		ManagedProcess console = samples.consoleClient(CALLS);
		assertThat(console.waitForExit(EXIT)).as(console.output()).isZero();
		for (ManagedProcess server : servers) {
			Matcher answered = Pattern.compile(" *(\\d+) +\\d+% +" + Pattern.quote(samples.identity(server)))
				.matcher(console.output());
			assertThat(answered.find()).as(console.output()).isTrue();
			// the first few go to the server that is connected first, and on a busy
			// machine some more
			assertThat(Integer.parseInt(answered.group(1))).as(console.output()).isBetween(CALLS / 4, CALLS * 3 / 4);
		}
	}

	/** What the registry holds must be gone when this returns, not a TTL later. */
	private static void leavesAtOnce(ManagedProcess server) {
		server.terminate();
		assertThat(server.waitForExit(EXIT)).as(server.tail()).isEqualTo(143);
	}

	private static void consulLists(ConsulAgent consul, String... addresses) {
		List<String> listed = new ArrayList<>();
		JsonMapper.shared()
			.readTree(consul.get("/v1/health/service/tag-service?passing"))
			.forEach((entry) -> listed.add(entry.path("Service").path("Address").asString() + ":"
					+ entry.path("Service").path("Port").asInt()));
		assertThat(listed).containsExactlyInAnyOrder(addresses);
	}

	private static void etcdHoldsExactly(EtcdServer etcd, String... addresses) {
		String expected = Arrays.stream(addresses)
			.sorted()
			.map((address) -> Pattern
				.quote("tag-service/" + address + "\n{\"Op\":0,\"Addr\":\"" + address + "\",\"Metadata\":{\"id\":\""
						+ address + "\",\"owner\":\"")
					+ "[0-9a-f-]{36}" + Pattern.quote("\",\"weight\":100,\"started\":") + "[0-9]{13}"
					+ Pattern.quote("}}\n"))
			.collect(Collectors.joining());
		assertThat(etcd.etcdctl("get", "--prefix", "tag-service/")).matches(expected);
		assertThat(etcd.leases()).hasSize(addresses.length);
	}

}
