package io.github.grpcdiscovery.etcd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.ReachabilityProbe;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** That a watch shows what is in etcd, whatever happens on the way. */
class EtcdServerWatchTests {

	private static final Logger logger = LoggerFactory.getLogger(EtcdServerWatchTests.class);

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

	@AfterEach
	void clear() {
		etcd.deletePrefix("");
	}

	@Test
	@Proves("F14")
	void historyThatWasCompactedMeanwhileIsListed() {
		try (TcpProxy proxy = TcpProxy.to(etcd.port()); EtcdProcess process = EtcdProcess.at(proxy.port())) {
			put(IntStream.range(1, 4));
			RecordingListener watcher = process.following("orders", 3);
			proxy.refuse();
			proxy.cut();
			put(IntStream.range(4, 54));
			etcd.delete("orders/1");
			etcd.compact();
			proxy.accept();
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).hasSize(52).doesNotContain(1));
			assertThat(watcher.lists()).noneMatch(List::isEmpty);
		}
	}

	@Test
	@Proves("F12")
	void nothingIsLostWhenTheConnectionIsCutAroundTheConfirmation() {
		int next = 1;
		for (int bytes = 60; bytes <= 420; bytes += 60) {
			try (TcpProxy proxy = TcpProxy.to(etcd.port()); EtcdProcess process = EtcdProcess.at(proxy.port())) {
				proxy.cutNextAfterBytes(bytes);
				RecordingListener watcher = process.watch("orders");
				put(IntStream.range(next, next + 20));
				next += 20;
				int expected = next - 1;
				Conditions.await(Duration.ofSeconds(60))
					.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).hasSize(expected));
			}
		}
	}

	@Test
	@Proves("I45")
	void manyInstancesAreReadInPages() {
		put(IntStream.range(1, 1301));
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			RecordingListener watcher = process.following("orders", 1300);
			// clients never see the fleet trickle in
			assertThat(watcher.lists()).hasSize(1);
		}
	}

	@Test
	@Proves("I45")
	void bigValuesKeepNobodyFromListing() {
		byte[] big = new byte[1_400_000];
		Arrays.fill(big, (byte) 'x');
		for (int i = 0; i < 30; i++) {
			client.getKVClient().put(JetcdClient.bytes("orders/big-" + i), ByteSequence.from(big)).join();
		}
		put(IntStream.range(1, 21));
		try (CapturedLog log = new CapturedLog("io.github.grpcdiscovery.internal.watch");
				EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			process.following("orders", 20);
			assertThat(log.warnings()).filteredOn((warning) -> warning.startsWith("Skipped an entry"))
				.hasSize(30)
				.allMatch((warning) -> warning.contains("orders/big-") && warning.contains("at most 16384"));
			Conditions.eventually(() -> assertThat(process.registry.discovery().watches().get(0).connected()).isTrue());
		}
	}

	@Test
	@Proves("I15")
	void nameWithSlashesIsFollowedWhereverTheyStand() {
		etcd.put("//orders/1", "{\"Addr\":\"10.0.0.1:1\"}");
		etcd.put("orders//2", "{\"Addr\":\"10.0.0.1:2\"}");
		etcd.put("shop/orders/3", "{\"Addr\":\"10.0.0.1:3\"}");
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			assertThat(EtcdProcess.ports(process.following("//orders", 1))).containsExactly(1);
			assertThat(EtcdProcess.ports(process.following("orders/", 1))).containsExactly(2);
			assertThat(EtcdProcess.ports(process.following("shop/orders", 1))).containsExactly(3);
		}
	}

	@Test
	@Proves("I17")
	void serviceWhoseNameBeginsAlikeIsAnother() {
		etcd.put("orders-archive/1", "{\"Addr\":\"10.0.0.1:1\"}");
		etcd.put("orders", "{\"Addr\":\"10.0.0.1:2\"}");
		etcd.put("orders/", "{\"Addr\":\"10.0.0.1:3\"}");
		etcd.put("orders/a/b", "{\"Addr\":\"10.0.0.1:4\"}");
		etcd.put("orders/5", "{\"Addr\":\"10.0.0.1:5\"}");
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			assertThat(EtcdProcess.ports(process.following("orders", 1))).containsExactly(5);
		}
	}

	@Test
	void putIsSeenWithinMilliseconds() {
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			RecordingListener watcher = process.watch("orders");
			Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
			long[] micros = new long[30];
			KV kv = client.getKVClient();
			for (int i = 0; i < micros.length; i++) {
				int port = i + 1;
				// longer than the interval between two lists, so that it is not waited
				// for
				Conditions.await()
					.pollDelay(EtcdFixture.WATCH.updateInterval().plusMillis(20))
					.until(() -> EtcdProcess.ports(watcher).size() == port - 1);
				long start = System.nanoTime();
				kv.put(JetcdClient.bytes("orders/" + port), value(port)).join();
				while (EtcdProcess.ports(watcher).size() < port && System.nanoTime() - start < 5_000_000_000L) {
					Thread.onSpinWait();
				}
				micros[i] = (System.nanoTime() - start) / 1000;
			}
			Arrays.sort(micros);
			logger.info("put to list: median {} us, worst {} us", micros[micros.length / 2], micros[micros.length - 1]);
			assertThat(Duration.ofNanos(micros[micros.length / 2] * 1000))
				.isLessThan(Conditions.scaled(Duration.ofMillis(500)));
		}
	}

	@Test
	void instancesWhoseLeasesAreRevokedAtOnceStayWhileTheyServe() throws IOException {
		List<ServerSocket> servers = new ArrayList<>();
		try (EtcdProcess process = new EtcdProcess(EtcdSettings.of(etcd.endpoint()),
				EtcdFixture.WATCH.toBuilder()
					.lossConfirmation(Duration.ofSeconds(5))
					.reachability(ReachabilityProbe.TCP)
					.build())) {
			List<String> leases = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				servers.add(server);
				leases.add(etcd.grantLease(Duration.ofMinutes(5)));
				etcd.put("orders/" + i, "{\"Addr\":\"127.0.0.1:%d\"}".formatted(server.getLocalPort()), leases.get(i));
			}
			RecordingListener watcher = process.following("orders", 10);
			servers.get(9).close();
			leases.subList(2, 10).forEach((lease) -> client.getLeaseClient().revoke(Long.parseUnsignedLong(lease, 16)));
			Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(watcher.last()).hasSize(2));
			// none of those that serve was missing before it was confirmed, but for the
			// ones that went before they were half
			assertThat(watcher.lists()).allMatch((list) -> list.size() >= 5 || list.size() == 2);
			assertThat(process.registry.discovery().watches().get(0).unconfirmed()).isEmpty();
		}
		finally {
			for (ServerSocket server : servers) {
				server.close();
			}
		}
	}

	@Test
	@Tag("long")
	@Tag("long-3")
	@Proves("F16")
	void blackHoleIsNoticed() {
		try (TcpProxy proxy = TcpProxy.to(etcd.port()); EtcdProcess process = EtcdProcess.at(proxy.port())) {
			put(IntStream.range(1, 4));
			RecordingListener watcher = process.following("orders", 3);
			Conditions.eventually(() -> assertThat(process.registry.discovery().watches().get(0).connected()).isTrue());
			proxy.freeze();
			put(IntStream.range(4, 6));
			Conditions.await(Duration.ofSeconds(60))
				.until(() -> !process.registry.discovery().watches().get(0).connected());
			proxy.thaw();
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).hasSize(5));
		}
	}

	@Test
	@Tag("long")
	@Tag("long-3")
	@Proves("F53")
	void longOutageIsFollowedByAQuickReturn() {
		try (TcpProxy proxy = TcpProxy.to(etcd.port()); EtcdProcess process = EtcdProcess.at(proxy.port())) {
			put(IntStream.range(1, 4));
			RecordingListener watcher = process.following("orders", 3);
			proxy.refuse();
			proxy.cut();
			put(IntStream.range(4, 6));
			Conditions.await(Duration.ofSeconds(200))
				.pollDelay(Duration.ofSeconds(100))
				.until(() -> !process.registry.discovery().watches().get(0).connected());
			proxy.accept();
			long start = System.nanoTime();
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).hasSize(5));
			logger.info("back {} ms after an outage of 100 s", (System.nanoTime() - start) / 1_000_000);
		}
	}

	private static void put(IntStream ports) {
		List<CompletableFuture<?>> puts = new ArrayList<>();
		ports.forEach((port) -> puts.add(client.getKVClient().put(JetcdClient.bytes("orders/" + port), value(port))));
		CompletableFuture.allOf(puts.toArray(CompletableFuture[]::new)).join();
	}

	private static ByteSequence value(int port) {
		return JetcdClient.bytes("{\"Op\":0,\"Addr\":\"10.0.0.1:%d\",\"Metadata\":null}".formatted(port));
	}

}
