package io.github.grpcdiscovery.etcd;

import java.net.URI;
import java.time.Duration;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdCluster;
import io.github.grpcdiscovery.testsupport.EtcdEntry;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.EtcdWatch;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** Faults of etcd itself. */
class EtcdServerFaultTests {

	private static final ServiceInstance ORDERS = ServiceInstance.of("orders", "127.0.0.1", 9090);

	@Test
	@Proves("F9")
	void nobodyNoticesThatTheLeaderDies() {
		try (EtcdCluster cluster = EtcdCluster.started();
				EtcdProcess process = new EtcdProcess(EtcdSettings.builder(cluster.endpoints().toArray(URI[]::new))
					.ttl(Duration.ofSeconds(10))
					.build())) {
			Registration registration = process.registered(ORDERS);
			RecordingListener watcher = process.following("orders", 1);
			EtcdEntry before = cluster.entries("orders/").get(0);
			try (EtcdWatch witness = cluster.watch("orders/127")) {
				cluster.killLeader();
				Conditions.await(Duration.ofSeconds(60))
					.ignoreExceptions()
					.untilAsserted(() -> cluster.put("orders/later", "{\"Addr\":\"127.0.0.1:1\"}"));
				Conditions.await(Duration.ofSeconds(60))
					.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).containsExactly(1, 9090));
				Conditions.await(Duration.ofSeconds(60))
					.during(Duration.ofSeconds(12))
					.untilAsserted(() -> assertThat(witness.deletes()).isZero());
			}
			assertThat(cluster.entries("orders/127")).containsExactly(before);
			Conditions.eventually(() -> assertThat(registration.status().state()).isEqualTo(State.REGISTERED));
		}
	}

	@Test
	@Tag("long")
	@Tag("long-4")
	@Proves({ "F25", "F26" })
	void fullStoreLeavesTheRegisteredAloneAndOthersWait() {
		try (EtcdServer etcd = EtcdServer.builder().quotaBackendBytes(4 * 1024 * 1024).start();
				EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			Registration first = process.registered(ORDERS);
			EtcdEntry before = etcd.entries("orders/").get(0);
			etcd.fillQuota();
			Registration second = process.registry.registrar().register(ServiceInstance.of("orders", "127.0.0.1", 2));
			Conditions.await(Duration.ofSeconds(60))
				.during(EtcdFixture.TTL.multipliedBy(4))
				.untilAsserted(() -> assertThat(etcd.entries("orders/")).containsExactly(before));
			assertThat(first.status().registrations()).isEqualTo(1);
			assertThat(second.status().lastError()).contains("RESOURCE_EXHAUSTED");
			etcd.freeQuota();
			assertThat(second.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
			assertThat(etcd.leases()).hasSize(2);
		}
	}

}
