package io.github.grpcdiscovery.etcd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.EtcdWatch;
import io.github.grpcdiscovery.testsupport.FreePorts;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** Faults on the way to etcd, and etcd at its worst. */
class EtcdNetworkFaultTests {

	private static final ServiceInstance ORDERS = ServiceInstance.of("orders", "127.0.0.1", 9090);

	private static EtcdServer etcd;

	@BeforeAll
	static void startServer() {
		etcd = EtcdServer.started();
	}

	@AfterAll
	static void closeServer() {
		etcd.close();
	}

	@AfterEach
	void clear() {
		etcd.deletePrefix("");
	}

	@Test
	@Tag("long")
	@Tag("long-4")
	@Proves("F12")
	void streamThatIsCutAtAnyByteLosesNothing(TestReporter reporter) {
		Random random = new Random(20261121);
		long worst = 0;
		for (int round = 0; round < 100; round++) {
			try (TcpProxy proxy = TcpProxy.to(etcd.port()); EtcdProcess process = EtcdProcess.at(proxy.port())) {
				proxy.cutNextAfterBytes(1 + random.nextInt(1500));
				RecordingListener watcher = process.watch("orders");
				put(1 + random.nextInt(60));
				long start = System.nanoTime();
				Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> sameAsEtcd(watcher));
				worst = Math.max(worst, System.nanoTime() - start);
			}
			etcd.deletePrefix("orders/");
		}
		assertThat(Duration.ofNanos(worst)).isLessThan(Conditions.scaled(Duration.ofSeconds(8)));
		reporter.publishEntry(Proves.MEASURED,
				"100 of 100 equal, the slowest after %d ms".formatted(TimeUnit.NANOSECONDS.toMillis(worst)));
	}

	@Test
	@Tag("long")
	@Tag("long-4")
	@Proves("F13")
	void connectionThatIsCutAllTheTimeIsNotChasedAndConverges(TestReporter reporter) {
		try (TcpProxy proxy = TcpProxy.to(etcd.port());
				EtcdProcess process = new EtcdProcess(EtcdSettings.of(proxy.uri("http")), WatchSettings.DEFAULT)) {
			put(1);
			RecordingListener watcher = process.following("orders", 1);
			int before = handled("Range");
			AtomicBoolean over = new AtomicBoolean();
			CompletableFuture<Void> cutting = CompletableFuture.runAsync(
					() -> Conditions.await(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(200)).until(() -> {
						proxy.cut();
						return over.get();
					}));
			Conditions.await(Duration.ofMinutes(2))
				.during(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).isNotEmpty());
			int reads = handled("Range") - before;
			put(5);
			over.set(true);
			cutting.join();
			Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> sameAsEtcd(watcher));
			// full jitter up to five seconds: one in two and a half seconds, and the
			// first
			// few
			assertThat(reads).isLessThan(60);
			reporter.publishEntry(Proves.MEASURED, reads + " reads in a minute of 300 cuts");
		}
	}

	@Test
	@Tag("long")
	@Tag("long-4")
	@Proves("F15")
	void compactionTenTimesASecondIsSurvived() {
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint());
				TcpProxy proxy = TcpProxy.to(etcd.port());
				EtcdProcess late = EtcdProcess.at(proxy.port())) {
			RecordingListener watcher = process.watch("orders");
			RecordingListener cut = late.watch("orders");
			for (int i = 0; i < 200; i++) {
				etcd.put("orders/" + (i % 20), "{\"Addr\":\"10.0.0.1:%d\"}".formatted(1 + i));
				etcd.compact();
				if (i % 20 == 0) {
					proxy.cut();
				}
			}
			Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> {
				sameAsEtcd(watcher);
				sameAsEtcd(cut);
			});
		}
	}

	@Test
	@Tag("long")
	@Tag("long-4")
	@Proves("F17")
	void etcdThatHangsForHalfAMinuteCostsNoInstance(TestReporter reporter) throws IOException {
		// it serves: the lease ends meanwhile, and nothing else speaks for the instance
		try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			int port = server.getLocalPort();
			Registration registration = process.registered(ServiceInstance.of("orders", "127.0.0.1", port));
			RecordingListener watcher = process.following("orders", 1);
			etcd.pause();
			Conditions.await(Duration.ofMinutes(2))
				.during(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).containsExactly(port));
			assertThat(registration.status().state()).isNotEqualTo(State.REGISTERED);
			long start = System.nanoTime();
			etcd.resume();
			Conditions.await(Duration.ofSeconds(60)).until(() -> registration.status().state() == State.REGISTERED);
			reporter.publishEntry(Proves.MEASURED,
					"registered %.1f s after it went on".formatted((System.nanoTime() - start) / 1e9));
			Conditions.eventually(() -> assertThat(etcd.get("orders/")).hasSize(1));
			assertThat(watcher.lists()).noneMatch(List::isEmpty);
		}
	}

	@Test
	@Tag("long")
	@Tag("long-4")
	@Proves("F48")
	void stormOfChangesReachesTheListenerTenTimesASecond(TestReporter reporter) {
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint());
				EtcdProcess writer = EtcdProcess.at(etcd.endpoint())) {
			RecordingListener watcher = process.watch("orders");
			Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
			long start = System.nanoTime();
			for (int i = 0; i < 20; i++) {
				List<Registration> registrations = new ArrayList<>();
				for (int port = 1; port <= 50; port++) {
					registrations.add(writer.registry.registrar()
						.register(ServiceInstance.of("orders", "127.0.0.1", 20_000 + 100 * i + port)));
				}
				registrations.forEach((registration) -> assertThat(registration.registered())
					.succeedsWithin(Conditions.scaled(Duration.ofSeconds(30))));
				registrations.subList(0, 49).forEach((registration) -> registration.deregister(Duration.ofSeconds(5)));
			}
			double seconds = (System.nanoTime() - start) / 1e9;
			Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> sameAsEtcd(watcher));
			int lists = watcher.lists().size();
			assertThat(lists).isLessThan((int) (seconds * 11) + 30);
			reporter.publishEntry(Proves.MEASURED, "%d lists for 2000 changes in %.1f s".formatted(lists, seconds));
		}
	}

	@Test
	@Tag("long")
	@Tag("long-4")
	@Proves("F51")
	void slowEtcdMakesNobodyFlap() {
		try (TcpProxy proxy = TcpProxy.to(etcd.port()); EtcdProcess process = slowly(proxy)) {
			process.registered(ORDERS);
			RecordingListener watcher = process.following("orders", 1);
			try (EtcdWatch witness = etcd.watch("orders/")) {
				// there and back it is two
				proxy.delay(Duration.ofSeconds(1));
				Conditions.await(Duration.ofMinutes(2))
					.during(Duration.ofSeconds(30))
					.untilAsserted(() -> assertThat(witness.events()).isEmpty());
			}
			put(3);
			Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> sameAsEtcd(watcher));
			assertThat(proxy.openConnections()).isLessThanOrEqualTo(2);
		}
	}

	private static EtcdProcess slowly(TcpProxy proxy) {
		return new EtcdProcess(EtcdSettings.builder(URI.create("http://127.0.0.1:" + proxy.port()))
			.ttl(Duration.ofSeconds(15))
			.build());
	}

	@Test
	@Proves("F3")
	void refusingEtcdIsToldAtOnceForEachServiceAndFoundWhenItIsBack(TestReporter reporter) {
		URI dead = URI.create("http://127.0.0.1:" + FreePorts.next());
		try (TcpProxy proxy = TcpProxy.to(etcd.port())) {
			proxy.refuse();
			EtcdSettings settings = EtcdSettings.builder(dead, proxy.uri("http"))
				.requestTimeout(Duration.ofSeconds(60))
				.connectTimeout(Duration.ofSeconds(3))
				.build();
			try (EtcdProcess process = new EtcdProcess(settings)) {
				long start = System.nanoTime();
				for (String service : List.of("orders", "payments")) {
					RecordingListener watcher = process.watch(service);
					Conditions.await(Duration.ofSeconds(30)).until(() -> !watcher.unavailable().isEmpty());
					assertThat(watcher.unavailable().get(0)).hasMessageContaining("Connection refused");
				}
				Duration told = Duration.ofNanos(System.nanoTime() - start);
				assertThat(told).isLessThan(Conditions.scaled(Duration.ofSeconds(30)));
				Registration registration = process.registry.registrar().register(ORDERS);
				Conditions.await().until(() -> registration.status().lastError() != null);
				proxy.accept();
				long back = System.nanoTime();
				assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
				reporter.publishEntry(Proves.MEASURED,
						"two services told after %d ms; registered %.1f s after it was back".formatted(told.toMillis(),
								(System.nanoTime() - back) / 1e9));
			}
		}
	}

	@Test
	@Proves("F52")
	void deadEndpointAndBlackHoleAreNoObstacle(TestReporter reporter) {
		URI dead = URI.create("http://127.0.0.1:" + FreePorts.next());
		try (TcpProxy hole = TcpProxy.to(etcd.port())) {
			hole.freeze();
			URI blackHole = URI.create("http://127.0.0.1:" + hole.port());
			try (EtcdProcess process = EtcdProcess.at(dead, blackHole, etcd.endpoint())) {
				long start = System.nanoTime();
				process.registered(ORDERS);
				process.following("orders", 1);
				reporter.publishEntry(Proves.MEASURED,
						"registered after %.1f s".formatted((System.nanoTime() - start) / 1e9));
			}
		}
	}

	private static int handled(String method) {
		return EtcdMetrics.handled(etcd, method);
	}

	private static void put(int count) {
		for (int i = 1; i <= count; i++) {
			etcd.put("orders/" + i, "{\"Op\":0,\"Addr\":\"10.0.0.1:%d\"}".formatted(i));
		}
	}

	private static void sameAsEtcd(RecordingListener watcher) {
		TreeSet<String> expected = new TreeSet<>();
		etcd.get("orders/")
			.values()
			.forEach((value) -> expected.add(value.replaceAll(".*\"Addr\":\"([^\"]*)\".*", "$1")));
		List<ServiceInstance> last = watcher.last();
		assertThat(last).isNotNull();
		assertThat(last.stream().map((instance) -> instance.host() + ":" + instance.port()))
			.containsExactlyInAnyOrderElementsOf(expected);
	}

}
