package io.github.grpcdiscovery.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdCluster;
import io.github.grpcdiscovery.testsupport.EtcdEntry;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** Faults of a cluster of three. */
@Tag("long")
@Tag("long-4")
class EtcdClusterFaultTests {

	private static final ServiceInstance ORDERS = ServiceInstance.of("orders", "127.0.0.1", 9090);

	@Test
	@Proves("F10")
	void lostQuorumCostsNeitherKeyNorLease(TestReporter reporter) {
		try (EtcdCluster cluster = EtcdCluster.started();
				EtcdProcess process = new EtcdProcess(EtcdSettings.builder(cluster.endpoints().toArray(URI[]::new))
					.ttl(Duration.ofSeconds(10))
					.build())) {
			Registration registration = process.registered(ORDERS);
			RecordingListener watcher = process.following("orders", 1);
			EtcdEntry before = cluster.entries("orders/").get(0);
			cluster.node(0).kill();
			cluster.node(1).kill();
			Conditions.await(Duration.ofSeconds(60))
				.during(Duration.ofSeconds(12))
				.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).containsExactly(9090));
			Conditions.eventually(() -> assertThat(registration.status().state()).isNotEqualTo(State.REGISTERED));
			cluster.start();
			long start = System.nanoTime();
			Conditions.await(Duration.ofSeconds(60))
				.until(() -> registration.status().state() == State.REGISTERED
						&& process.registry.discovery().watches().get(0).connected());
			reporter.publishEntry(Proves.MEASURED, "registered and followed %.1f s after the members were ready"
				.formatted((System.nanoTime() - start) / 1e9));
			assertThat(cluster.entries("orders/")).containsExactly(before);
			assertThat(watcher.lists()).noneMatch(List::isEmpty);
		}
	}

	@Test
	@Proves("F11")
	void memberThatIsCutOffFromTheOthersIsLeft(TestReporter reporter) {
		try (EtcdCluster cluster = EtcdCluster.started();
				EtcdProcess process = new EtcdProcess(EtcdSettings.builder(cluster.endpoints().toArray(URI[]::new))
					.ttl(Duration.ofSeconds(10))
					.build())) {
			Registration registration = process.registered(ORDERS);
			RecordingListener watcher = process.following("orders", 1);
			// each member in turn, so that ours is among them
			for (int i = 0; i < 3; i++) {
				int port = 1 + i;
				cluster.node(i).pause();
				long start = System.nanoTime();
				int other = (i + 1) % 3;
				Conditions.await(Duration.ofSeconds(60))
					.ignoreExceptions()
					.untilAsserted(
							() -> cluster.node(other).put("orders/" + port, "{\"Addr\":\"127.0.0.1:" + port + "\"}"));
				Conditions.await(Duration.ofSeconds(40))
					.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).contains(port));
				reporter.publishEntry(Proves.MEASURED,
						"member %d: fresh after %.1f s".formatted(i, (System.nanoTime() - start) / 1e9));
				cluster.node(i).resume();
				Conditions.await(Duration.ofSeconds(60)).until(() -> registration.status().state() == State.REGISTERED);
			}
			assertThat(watcher.lists()).noneMatch(List::isEmpty);
		}
	}

}
