package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;

import static org.assertj.core.api.Assertions.assertThat;

/** Who may read a service config, on a real agent. */
@Timeout(600)
class ConsulServiceConfigTests {

	private static final String RULES = """
			service "tag-service" { policy = "read" }
			node_prefix "" { policy = "read" }
			""";

	@Test
	void clientThatMayNotReadItSaysSoOnceAndFollowsItWhenItMay() throws IOException {
		try (ConsulAgent agent = ConsulAgent.builder().acl().start();
				CapturedLog log = new CapturedLog("io.github.grpcdiscovery.internal.watch")) {
			agent.put("/v1/kv/grpc-discovery/service-config/tag-service", "{}");
			String grant = Files.readAllLines(Path.of("..", "docs", "service-config.md"))
				.stream()
				.map(String::strip)
				.filter((line) -> line.startsWith("key \"grpc-discovery/"))
				.findFirst()
				.orElseThrow();
			String token = agent.acl().createToken(RULES);
			try (Registry client = ConsulFixture
				.newRegistry(ConsulSettings.builder(agent.endpoint()).token(token).build(), DiscoveryObserver.NONE)) {
				RecordingListener instances = new RecordingListener();
				client.discovery().watch("tag-service", instances);
				client.discovery().serviceConfigs().watch("tag-service", new AcceptingListener());
				Conditions.eventually(() -> assertThat(status(client).serviceConfig().lastError())
					.contains("key:read on 'grpc-discovery/service-config/tag-service'"));
				Conditions.eventually(() -> assertThat(instances.last()).isEmpty());
				agent.acl().replacePolicies(token, RULES + grant);
				Conditions.eventually(() -> assertThat(status(client).serviceConfig().text()).isEqualTo("{}"));
				assertThat(log.warnings().stream().filter((line) -> line.startsWith("Cannot read the service config")))
					.hasSize(1);
			}
		}
	}

	private static WatchStatus status(Registry client) {
		List<WatchStatus> watches = client.watches();
		assertThat(watches).hasSize(1);
		assertThat(watches.get(0).serviceConfig()).isNotNull();
		return watches.get(0);
	}

}
