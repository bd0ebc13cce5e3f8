package io.github.grpcdiscovery.etcd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;

import io.etcd.jetcd.Client;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.DurationProperty;
import io.github.grpcdiscovery.testsupport.EtcdProxy;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That nothing happens where nothing happens: a client that started after its servers, on
 * an etcd whose revision stands still. {@code -Dquiet.duration=10m} takes longer.
 */
class EtcdQuietTests {

	private static final Logger logger = LoggerFactory.getLogger(EtcdQuietTests.class);

	private static final Duration DURATION = DurationProperty.of("quiet.duration", "40s");

	private static EtcdServer etcd;

	private static Client client;

	@BeforeAll
	static void startServer() {
		etcd = EtcdServer.started();
		client = Client.builder().endpoints(etcd.endpoint()).build();
	}

	@AfterAll
	static void closeServer() {
		client.close();
		etcd.close();
	}

	@Test
	@Tag("long")
	@Tag("long-1")
	@Proves("F59")
	void quietWatchGoesOnAndTellsAtOnceOfTheOnlyServerThatLeaves() throws IOException {
		int lists;
		try (EtcdProcess process = process(etcd.endpoint())) {
			lists = staysQuiet(process);
		}
		assertThat(lists).as("the list, and a count each minute").isLessThanOrEqualTo(1 + counts());
	}

	@Test
	@Tag("long")
	@Tag("long-2")
	void quietWatchGoesOnThroughAProxyThatKnowsNoRequestForProgress() throws IOException {
		try (EtcdProxy proxy = EtcdProxy.to(etcd);
				EtcdProcess other = process(proxy.endpoint());
				EtcdProcess process = process(proxy.endpoint())) {
			RecordingListener before = other.watch("orders");
			Conditions.eventually(() -> assertThat(before.last()).isEmpty());
			staysQuiet(process);
			assertThat(status(other).reconnects()).isZero();
		}
	}

	private static EtcdProcess process(URI endpoint) {
		return new EtcdProcess(EtcdSettings.of(endpoint), WatchSettings.DEFAULT);
	}

	private static int staysQuiet(EtcdProcess process) throws IOException {
		try (CapturedLog log = new CapturedLog("io.github.grpcdiscovery")) {
			ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
			etcd.put("orders/1", "{\"Addr\":\"127.0.0.1:%d\"}".formatted(server.getLocalPort()));
			int listsBefore = EtcdMetrics.handled(etcd, "Range");
			RecordingListener watcher = process.following("orders", 1);
			Conditions.eventually(() -> assertThat(status(process).connected()).isTrue());
			long revision = etcd.revision();
			long start = System.nanoTime();
			Conditions.await(DURATION.plusSeconds(30))
				.pollInterval(Duration.ofSeconds(1))
				.until(() -> status(process).reconnects() > 0 || System.nanoTime() - start >= DURATION.toNanos());
			assertThat(log.warnings()).isEmpty();
			assertThat(status(process).reconnects()).isZero();
			assertThat(status(process).staleSince()).isNull();
			assertThat(watcher.lists()).hasSize(1);
			// one each by revision(), which is no list of ours
			int lists = EtcdMetrics.handled(etcd, "Range") - listsBefore - 1;
			assertThat(etcd.revision()).as("nothing has happened").isEqualTo(revision);
			server.close();
			client.getKVClient().delete(JetcdClient.bytes("orders/1")).join();
			long left = System.nanoTime();
			Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
			Duration late = Duration.ofNanos(System.nanoTime() - left);
			logger.info("quiet for {}: {} reads of etcd; the list was empty {} ms after the only server had left",
					DURATION, lists, late.toMillis());
			assertThat(late).isLessThan(Conditions.scaled(Duration.ofSeconds(10)));
			return lists;
		}
	}

	private static int counts() {
		return 1 + (int) DURATION.dividedBy(Duration.ofSeconds(48));
	}

	private static WatchStatus status(EtcdProcess process) {
		return process.registry.discovery().watches().get(0);
	}

}
