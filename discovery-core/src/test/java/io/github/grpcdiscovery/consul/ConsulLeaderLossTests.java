package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulCluster;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(600)
class ConsulLeaderLossTests {

	@Test
	@Proves("F33")
	void clusterWithoutALeaderIsReadFromAnyServerAndLosesNothing() throws IOException {
		// what is missing and listens no longer is rightly taken out
		try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				ConsulCluster cluster = ConsulCluster.started();
				ConsulRegistry registry = new ConsulRegistry(settings(cluster), DiscoveryObserver.NONE)) {
			ServiceInstance instance = ServiceInstance.of("orders", "127.0.0.1", listening.getLocalPort());
			assertThat(registry.registrar().register(instance).registered())
				.succeedsWithin(Conditions.scaled(Duration.ofSeconds(20)));
			RecordingListener known = new RecordingListener();
			registry.discovery().watch("orders", known);
			Conditions.eventually(() -> assertThat(known.last()).containsExactly(instance));
			// a follower may not have applied yet what the leader has already told
			cluster.servers()
				.forEach((server) -> Conditions
					.eventually(() -> assertThat(server.get("/v1/health/service/orders?stale"))
						.contains("" + instance.port())));
			cluster.killLeader();
			cluster.killLeader();
			try (ConsulRegistry cold = new ConsulRegistry(settings(cluster), DiscoveryObserver.NONE)) {
				RecordingListener late = new RecordingListener();
				cold.discovery().watch("orders", late);
				Conditions.await(Duration.ofSeconds(60))
					.untilAsserted(() -> assertThat(late.last()).containsExactly(instance));
				assertThat(cold.discovery().watches().get(0).connected()).isFalse();
				cluster.start();
				Conditions.await(Duration.ofSeconds(60)).until(() -> cold.discovery().watches().get(0).connected());
				assertThat(late.lists()).hasSize(1);
			}
			assertThat(known.lists()).hasSize(1);
		}
	}

	private static ConsulSettings settings(ConsulCluster cluster) {
		return ConsulSettings.builder(cluster.client().endpoint())
			.check(ConsulCheck.builder().kind(ConsulCheck.Kind.NONE).build())
			.build();
	}

}
