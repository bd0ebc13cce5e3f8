package io.github.grpcdiscovery.etcd;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdEntry;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.EtcdWatch;
import io.github.grpcdiscovery.testsupport.FreePorts;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What is in etcd when an instance is registered, whatever happens to etcd. */
class EtcdServerRegistrationTests {

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
	void nothingIsLeft() {
		Conditions.eventually(() -> assertThat(etcd.leases()).isEmpty());
		etcd.deletePrefix("");
	}

	@Test
	void keyAndValueAreThoseOfEtcdNamingUnderOneLease() {
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			process.registered(ORDERS);
			EtcdEntry entry = entry("orders/");
			assertThat(entry.key()).isEqualTo("orders/127.0.0.1:9090");
			assertThat(entry.value()).matches(
					"\\{\"Op\":0,\"Addr\":\"127.0.0.1:9090\",\"Metadata\":\\{\"id\":\"127.0.0.1:9090\",\"owner\":\"[0-9a-f-]{36}\",\"weight\":100}}");
			assertThat(etcd.leases()).containsExactly(entry.lease());
		}
		assertThat(etcd.get("")).isEmpty();
		assertThat(etcd.leases()).isEmpty();
	}

	@Test
	void namespaceAndIdMakeTheKey() {
		EtcdSettings settings = EtcdSettings.builder(etcd.endpoint()).namespace("grpc/prod").build();
		ServiceInstance named = ServiceInstance.builder("orders", "::1", 9090).id("orders-0").build();
		try (EtcdProcess process = new EtcdProcess(settings)) {
			process.registered(named);
			assertThat(entry("grpc/prod/orders/").key()).isEqualTo("grpc/prod/orders/orders-0");
			assertThat(entry("grpc/prod/orders/").value()).contains("\"Addr\":\"[::1]:9090\"");
			RecordingListener watcher = process.following("orders", 1);
			assertThat(watcher.last()).containsExactly(named);
		}
	}

	@Test
	@Proves("I46")
	void serversOfGoAreSeen() {
		etcd.put("go/10.0.0.1:1", "{\"Op\":0,\"Addr\":\"10.0.0.1:1\",\"Metadata\":null}");
		etcd.put("go/whatever", "{\"Op\":0,\"Addr\":\"10.0.0.1:2\",\"Metadata\":\"v1\"}");
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			assertThat(EtcdProcess.ports(process.following("go", 2))).containsExactly(1, 2);
		}
	}

	@Test
	@Proves("F20")
	void revokedLeaseIsReplacedByOneOther() {
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			Registration registration = process.registered(ORDERS);
			String lease = entry("orders/").lease();
			etcd.revokeLease(lease);
			EtcdProcess.isRegisteredAgain(registration, 2);
			assertThat(etcd.leases()).hasSize(1).doesNotContain(lease).containsExactly(entry("orders/").lease());
		}
	}

	@Test
	@Proves("F21")
	void deletedKeyIsPutBackUnderTheSameLease() {
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			Registration registration = process.registered(ORDERS);
			EtcdEntry before = entry("orders/");
			etcd.delete(before.key());
			EtcdProcess.isRegisteredAgain(registration, 2);
			assertThat(entry("orders/")).returns(before.value(), EtcdEntry::value)
				.returns(before.lease(), EtcdEntry::lease);
		}
	}

	@Test
	@Proves("F22")
	void overwrittenKeyIsPutBackOnceAndThenLeftToTheOther() {
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			Registration registration = process.registered(ORDERS);
			EtcdEntry before = entry("orders/");
			etcd.put(before.key(), "{\"Op\":0,\"Addr\":\"10.0.0.2:1\"}");
			EtcdProcess.isRegisteredAgain(registration, 2);
			assertThat(entry("orders/").value()).isEqualTo(before.value());
			etcd.put(before.key(), "{\"Op\":0,\"Addr\":\"10.0.0.2:1\"}");
			Conditions.await(Duration.ofSeconds(60)).until(() -> registration.status().state() == State.CONFLICT);
			assertThat(registration.status().lastError()).contains("10.0.0.2:1", "127.0.0.1:9090", "instance-id");
		}
		// whose key it is now, the one who leaves does not take it along
		assertThat(etcd.get("orders/")).hasSize(1);
	}

	@Test
	@Proves("F6")
	void restartOfEtcdWithinTheTtlIsNotSeenByAnybody() {
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			Registration registration = process.registered(ORDERS);
			EtcdEntry before = entry("orders/");
			etcd.restart();
			try (EtcdWatch witness = etcd.watch("orders/")) {
				Conditions.await(Duration.ofSeconds(60))
					.during(EtcdFixture.TTL.multipliedBy(2))
					.untilAsserted(() -> assertThat(witness.events()).isEmpty());
			}
			assertThat(entry("orders/")).isEqualTo(before);
			Conditions.eventually(() -> assertThat(registration.status().state()).isEqualTo(State.REGISTERED));
		}
	}

	@Test
	@Proves("F7")
	void outageLongerThanTheTtlKeepsKeyAndLease() {
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			Registration registration = process.registered(ORDERS);
			EtcdEntry before = entry("orders/");
			etcd.kill();
			Conditions.await(Duration.ofSeconds(60)).until(() -> registration.status().state() == State.RETRYING);
			Conditions.await(Duration.ofSeconds(60))
				.until(() -> registration.status().lastError().contains("127.0.0.1"));
			etcd.start();
			EtcdProcess.isRegisteredAgain(registration, 2);
			assertThat(entry("orders/")).isEqualTo(before);
			assertThat(etcd.leases()).containsExactly(before.lease());
		}
	}

	@Test
	@Proves("F8")
	void wipedEtcdIsFilledAndFollowedAgain() {
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			Registration registration = process.registered(ORDERS);
			RecordingListener watcher = process.following("orders", 1);
			etcd.wipe();
			EtcdProcess.isRegisteredAgain(registration, 2);
			assertThat(etcd.leases()).hasSize(1);
			etcd.put("orders/later", "{\"Op\":0,\"Addr\":\"10.0.0.1:2\"}");
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).containsExactly(2, 9090));
		}
	}

	@Test
	@Proves("F44")
	void registeringAndLeavingAtOnceLeavesNothing() {
		try (EtcdProcess process = EtcdProcess.at(etcd.endpoint())) {
			for (int i = 0; i < 30; i++) {
				Registration registration = process.registry.registrar()
					.register(ServiceInstance.of("orders", "127.0.0.1", 10_000 + i));
				assertThat(registration.deregister(Duration.ofSeconds(20)))
					.succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)))
					.isEqualTo(true);
			}
			assertThat(etcd.get("orders/")).isEmpty();
			assertThat(etcd.leases()).isEmpty();
		}
	}

	@Test
	@Proves("F52")
	void oneOfSeveralEndpointsIsEnough() {
		URI dead = URI.create("http://127.0.0.1:" + FreePorts.next());
		try (EtcdProcess process = EtcdProcess.at(dead, etcd.endpoint())) {
			process.registered(ORDERS);
			assertThat(process.registry.description()).isEqualTo("etcd (%s, %s)".formatted(dead, etcd.endpoint()));
		}
	}

	@Test
	@Proves({ "F55", "I3" })
	void ipv6LiteralsWork() throws Exception {
		int port = FreePorts.next();
		try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName("::1"))) {
			assumeTrue(probe.isBound());
		}
		catch (java.io.IOException ex) {
			assumeTrue(false, "no IPv6 on this machine");
		}
		try (EtcdServer server = EtcdServer.builder()
			.port(port)
			.args("--listen-client-urls=http://127.0.0.1:%d,http://[::1]:%d".formatted(port, port))
			.start(); EtcdProcess process = EtcdProcess.at(URI.create("http://[::1]:" + port))) {
			process.registered(ORDERS);
			assertThat(server.get("orders/")).hasSize(1);
		}
	}

	@Test
	void closedRegistryAndTooBigInstanceAreRefused() {
		EtcdProcess process = EtcdProcess.at(etcd.endpoint());
		Map<String, String> metadata = new java.util.HashMap<>();
		for (int i = 0; i < 64; i++) {
			metadata.put("key" + i, "x".repeat(512));
		}
		ServiceInstance big = ServiceInstance.builder("orders", "10.0.0.1", 1).id("big").metadata(metadata).build();
		assertThatIllegalArgumentException().isThrownBy(() -> process.registry.registrar().register(big))
			.withMessageContaining("at most 16384");
		process.close();
		assertThatIllegalStateException().isThrownBy(() -> process.registry.registrar().register(ORDERS))
			.withMessageContaining("is closed");
	}

	private static EtcdEntry entry(String prefix) {
		List<EtcdEntry> entries = etcd.entries(prefix);
		assertThat(entries).hasSize(1);
		return entries.get(0);
	}

}
