package io.github.grpcdiscovery.etcd;

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
import io.github.grpcdiscovery.testsupport.EtcdServer;

import static org.assertj.core.api.Assertions.assertThat;

/** Who may read a service config, on a real etcd. */
@Timeout(600)
class EtcdServiceConfigTests {

	private static final String PASSWORD = "s3cret";

	@Test
	void clientThatMayNotReadItSaysSoOnceAndFollowsItWhenItMay() throws IOException {
		try (EtcdServer etcd = EtcdServer.started();
				CapturedLog log = new CapturedLog("io.github.grpcdiscovery.internal.watch")) {
			etcd.addUser("client", PASSWORD, "tag-service-client", "tag-service/", "read");
			etcd.put("grpc-discovery/service-config/tag-service", "{}");
			String grant = Files.readAllLines(Path.of("..", "docs", "service-config.md"))
				.stream()
				.map(String::strip)
				.filter((line) -> line.startsWith("etcdctl role grant-permission tag-service-client"))
				.findFirst()
				.orElseThrow();
			etcd.enableAuth("r00t");
			EtcdSettings settings = EtcdSettings.builder(etcd.endpoint()).credentials("client", PASSWORD).build();
			try (Registry client = new EtcdRegistry(settings, EtcdFixture.WATCH, EtcdFixture.BACKOFF,
					DiscoveryObserver.NONE)) {
				RecordingListener instances = new RecordingListener();
				client.discovery().watch("tag-service", instances);
				client.discovery().serviceConfigs().watch("tag-service", new AcceptingListener());
				Conditions.eventually(() -> assertThat(status(client).serviceConfig().lastError())
					.contains("grpc-discovery/service-config/tag-service", "permission denied for user 'client'"));
				Conditions.eventually(() -> assertThat(instances.last()).isEmpty());
				etcd.etcdctl(grant.substring("etcdctl ".length()).split(" "));
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
