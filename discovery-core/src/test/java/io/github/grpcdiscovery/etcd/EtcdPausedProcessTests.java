package io.github.grpcdiscovery.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdEntry;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.EtcdWatch;
import io.github.grpcdiscovery.testsupport.ManagedProcess;
import io.github.grpcdiscovery.testsupport.RegistryBinaries;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** Faults of the process that registered itself. */
class EtcdPausedProcessTests {

	private static final ServiceInstance ORDERS = ServiceInstance.of("orders", "127.0.0.1", 9090);

	private static final Duration TTL = Duration.ofSeconds(6);

	private static EtcdServer etcd;

	@TempDir
	Path directory;

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
	@Proves("F18")
	void pausedForLongerThanItsTtlItGoesAndComesBackOnce(TestReporter reporter) {
		try (ManagedProcess server = EtcdServerProcess.start(etcd.endpoint(), TTL, ORDERS, Map.of());
				EtcdProcess client = EtcdProcess.at(etcd.endpoint());
				EtcdWatch witness = etcd.watch("orders/")) {
			RecordingListener watcher = client.following("orders", 1);
			server.pause();
			Conditions.await(Duration.ofSeconds(30)).until(() -> witness.deletes() == 1);
			Conditions.await(Duration.ofSeconds(30)).until(() -> etcd.leases().isEmpty());
			long start = System.nanoTime();
			server.resume();
			Conditions.await(Duration.ofSeconds(60)).until(() -> witness.puts() == 1);
			reporter.publishEntry(Proves.MEASURED, "back %.1f s after it went on".formatted(seconds(start)));
			Conditions.eventually(() -> assertThat(EtcdProcess.ports(watcher)).containsExactly(9090));
			assertThat(etcd.entries("orders/")).hasSize(1);
			assertThat(etcd.leases()).hasSize(1);
		}
	}

	@Test
	@Proves("F19")
	void pausedForLessThanItsTtlNobodySeesAnything() {
		try (ManagedProcess server = EtcdServerProcess.start(etcd.endpoint(), Duration.ofSeconds(12), ORDERS, Map.of());
				EtcdWatch witness = etcd.watch("orders/")) {
			EtcdEntry before = etcd.entries("orders/").get(0);
			server.pause();
			Conditions.await(Duration.ofSeconds(30))
				.during(Duration.ofSeconds(4))
				.untilAsserted(() -> assertThat(etcd.leases()).hasSize(1));
			server.resume();
			Conditions.await(Duration.ofSeconds(40))
				.during(Duration.ofSeconds(13))
				.untilAsserted(() -> assertThat(witness.events()).isEmpty());
			assertThat(etcd.entries("orders/")).containsExactly(before);
		}
	}

	@Test
	@Tag("long")
	@Tag("long-4")
	@Proves({ "F23", "F24" })
	void clockThatJumpsAnHourEitherWayIsNotSeenByAnybody() throws IOException {
		Path clock = Files.writeString(this.directory.resolve("clock"), "+0\n");
		// the offset is read again each second; without the last one, every timed wait
		// of a JVM on a new C library ends at once
		Map<String, String> environment = Map.of("LD_PRELOAD", RegistryBinaries.libfaketime().toString(),
				"FAKETIME_TIMESTAMP_FILE", clock.toString(), "FAKETIME_CACHE_DURATION", "1", "DONT_FAKE_MONOTONIC", "1",
				"FAKETIME_FORCE_MONOTONIC_FIX", "0");
		try (ManagedProcess server = EtcdServerProcess.start(etcd.endpoint(), TTL, ORDERS, environment);
				EtcdWatch witness = etcd.watch("orders/")) {
			EtcdEntry before = etcd.entries("orders/").get(0);
			for (String offset : new String[] { "+3600", "-3600", "+0" }) {
				Files.writeString(clock, offset + "\n");
				server.waitForLine("clock moved to " + offset + " s");
				Conditions.await(Duration.ofSeconds(60))
					.during(TTL.multipliedBy(4))
					.untilAsserted(() -> assertThat(witness.events()).isEmpty());
				assertThat(server.isAlive()).isTrue();
			}
			assertThat(etcd.entries("orders/")).containsExactly(before);
		}
	}

	private static double seconds(long start) {
		return (System.nanoTime() - start) / 1e9;
	}

}
