package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** What sixty clients ask of etcd when a server that they all call dies. */
class EtcdHerdTests {

	private static final Logger logger = LoggerFactory.getLogger(EtcdHerdTests.class);

	private static final int CLIENTS = 60;

	private static final Duration DURATION = Duration.ofSeconds(30);

	@Test
	@Tag("long")
	@Tag("long-3")
	@Proves("F74")
	void clientsOfAServerThatDiesLeaveEtcdAlone() {
		List<EtcdProcess> clients = new ArrayList<>();
		try (EtcdServer etcd = EtcdServer.started()) {
			etcd.put("orders/1", "{\"Addr\":\"127.0.0.1:1\"}");
			etcd.put("orders/2", "{\"Addr\":\"127.0.0.1:2\"}");
			List<RecordingListener> listeners = new ArrayList<>();
			List<Subscription> subscriptions = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				EtcdProcess client = new EtcdProcess(EtcdSettings.of(etcd.endpoint()), WatchSettings.DEFAULT);
				clients.add(client);
				RecordingListener listener = new RecordingListener();
				listeners.add(listener);
				subscriptions.add(client.registry.discovery().watch("orders", listener));
			}
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(clients).allMatch(EtcdHerdTests::isConnected));
			int before = EtcdMetrics.handled(etcd, "Range");
			long start = System.nanoTime();
			// as a channel does each time that it cannot connect
			Conditions.await(DURATION.plusSeconds(30)).pollInterval(Duration.ofSeconds(1)).until(() -> {
				subscriptions.forEach(Subscription::refresh);
				return System.nanoTime() - start >= DURATION.toNanos();
			});
			int reads = EtcdMetrics.handled(etcd, "Range") - before;
			logger.info("{} clients of a server that died: {} reads of etcd in {}", CLIENTS, reads, DURATION);
			assertThat(reads).isLessThanOrEqualTo(CLIENTS);
			assertThat(clients).allMatch((client) -> client.registry.discovery().watches().get(0).reconnects() == 0);
			etcd.delete("orders/2");
			Conditions.eventually(
					() -> assertThat(listeners).allMatch((listener) -> EtcdProcess.ports(listener).equals(List.of(1))));
		}
		finally {
			clients.forEach(EtcdProcess::close);
		}
	}

	private static boolean isConnected(EtcdProcess client) {
		return client.registry.discovery().watches().stream().anyMatch((watch) -> watch.connected());
	}

}
