package io.github.grpcdiscovery.etcd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.EtcdWatch;
import io.github.grpcdiscovery.testsupport.FreePorts;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** What may end a lease although its process lives, and what must end it. */
class EtcdLeaseFaultTests {

	private static final ServiceInstance ORDERS = ServiceInstance.of("orders", "127.0.0.1", 9090);

	@ParameterizedTest
	@ValueSource(ints = { 8, 15 })
	@Tag("long")
	@Tag("long-1")
	@Proves("F66")
	void connectionThatGoesSilentIsReplacedBeforeTheLeaseEnds(int ttl, TestReporter reporter) {
		try (EtcdServer etcd = EtcdServer.started();
				TcpProxy proxy = TcpProxy.to(etcd.port());
				EtcdRegistry registry = new EtcdRegistry(
						EtcdSettings.builder(proxy.uri("http")).ttl(Duration.ofSeconds(ttl)).build(),
						DiscoveryObserver.NONE)) {
			Registration registration = registered(registry, ORDERS);
			try (EtcdWatch witness = etcd.watch("orders/")) {
				for (int i = 0; i < 3; i++) {
					int before = proxy.connections();
					proxy.freezePresent();
					Conditions.await(Duration.ofSeconds(ttl * 4L)).until(() -> proxy.connections() > before);
					// longer than the lease lives without a renewal
					Conditions.await(Duration.ofSeconds(ttl * 4L))
						.during(Duration.ofSeconds(ttl + 2L))
						.untilAsserted(() -> assertThat(witness.events()).isEmpty());
				}
			}
			assertThat(registration.status().registrations()).isEqualTo(1);
			assertThat(proxy.connections()).isLessThan(10);
			reporter.publishEntry(Proves.MEASURED,
					"TTL %d s, 3 times: 0 deletes, %d connections in all".formatted(ttl, proxy.connections()));
		}
	}

	@Test
	@Tag("long")
	@Tag("long-1")
	void etcdThatStallsForLessThanTheTtlCostsNoKey() {
		try (EtcdServer etcd = EtcdServer.started();
				EtcdRegistry registry = new EtcdRegistry(EtcdSettings.of(etcd.endpoint()), DiscoveryObserver.NONE)) {
			List<Registration> registrations = new ArrayList<>();
			for (int port = 1; port <= 15; port++) {
				registrations.add(registered(registry, ServiceInstance.of("orders", "127.0.0.1", port)));
			}
			try (EtcdWatch witness = etcd.watch("orders/")) {
				for (int i = 0; i < 2; i++) {
					etcd.pause();
					// a renewal is a third of the TTL old at most, so that four seconds
					// are left
					Conditions.await(Duration.ofSeconds(30)).during(Duration.ofSeconds(6)).until(() -> true);
					etcd.resume();
					Conditions.await(Duration.ofSeconds(60))
						.during(Duration.ofSeconds(10))
						.untilAsserted(() -> assertThat(witness.events()).isEmpty());
				}
			}
			Conditions.eventually(() -> assertThat(registrations)
				.allSatisfy((registration) -> assertThat(registration.status().state()).isEqualTo(State.REGISTERED)));
		}
	}

	@Test
	@Tag("long")
	@Tag("long-1")
	@Proves("F75")
	void defragmentationLongerThanTheTtlNeverEmptiesTheList(TestReporter reporter) throws IOException {
		Duration ttl = Duration.ofSeconds(3);
		try (EtcdServer etcd = EtcdServer.started();
				ServerSocket one = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				ServerSocket two = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				EtcdRegistry server = new EtcdRegistry(EtcdSettings.builder(etcd.endpoint()).ttl(ttl).build(),
						DiscoveryObserver.NONE);
				EtcdRegistry client = new EtcdRegistry(EtcdSettings.of(etcd.endpoint()), DiscoveryObserver.NONE)) {
			fill(etcd, 400);
			registered(server, ServiceInstance.of("orders", "127.0.0.1", one.getLocalPort()));
			registered(server, ServiceInstance.of("orders", "127.0.0.1", two.getLocalPort()));
			RecordingListener watcher = following(client);
			Conditions.eventually(() -> assertThat(EtcdProcess.ports(watcher)).hasSize(2));
			int before = watcher.lists().size();
			try (EtcdWatch witness = etcd.watch("orders/")) {
				long start = System.nanoTime();
				etcd.etcdctl("defrag", "--command-timeout=120s");
				double seconds = (System.nanoTime() - start) / 1e9;
				Conditions.await(Duration.ofSeconds(60))
					.untilAsserted(() -> assertThat(etcd.get("orders/")).hasSize(2));
				Conditions.await(Duration.ofSeconds(60))
					.during(ttl.multipliedBy(2))
					.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).hasSize(2));
				// a first one that goes alone is believed to have left
				assertThat(watcher.lists().subList(before, watcher.lists().size())).noneMatch(List::isEmpty);
				reporter.publishEntry(Proves.MEASURED,
						"defragmentation of %.1f s, TTL %d s: %d keys deleted, no list empty".formatted(seconds,
								ttl.toSeconds(), witness.deletes()));
			}
		}
	}

	private static void fill(EtcdServer etcd, int megabytes) {
		byte[] bytes = new byte[1024 * 1024];
		new Random(7).nextBytes(bytes);
		try (Client writer = Client.builder().endpoints(etcd.endpoint()).build()) {
			for (int i = 0; i < megabytes; i++) {
				assertThat(writer.getKVClient().put(JetcdClient.bytes("filling/" + i), ByteSequence.from(bytes)))
					.succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
			}
		}
	}

	@Test
	@Proves("F67")
	void successorOfAKilledProcessIsInWhenTheOldLeaseEnds(TestReporter reporter) {
		Duration ttl = Duration.ofSeconds(8);
		try (EtcdServer etcd = EtcdServer.started(); TcpProxy proxy = TcpProxy.to(etcd.port());) {
			EtcdRegistry killed = new EtcdRegistry(EtcdSettings.builder(proxy.uri("http")).ttl(ttl).build(),
					DiscoveryObserver.NONE);
			EtcdRegistry successor = new EtcdRegistry(EtcdSettings.builder(etcd.endpoint()).ttl(ttl).build(),
					DiscoveryObserver.NONE);
			try {
				registered(killed, named("orders-0", FreePorts.next()));
				proxy.refuse();
				proxy.cut();
				long start = System.nanoTime();
				ServiceInstance next = named("orders-0", FreePorts.next());
				Registration registration = successor.registrar().register(next);
				Conditions.await()
					.untilAsserted(() -> assertThat(registration.status().lastError())
						.contains("where nobody listens any more"));
				assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(60)));
				double seconds = (System.nanoTime() - start) / 1e9;
				assertThat(etcd.get("orders/").values()).singleElement().asString().contains(":" + next.port());
				// and not when a conflict is looked at again
				assertThat(seconds).isLessThan(Conditions.scaled(Duration.ofSeconds(30)).toSeconds());
				reporter.publishEntry(Proves.MEASURED,
						"registered %.1f s after the kill, TTL %d s".formatted(seconds, ttl.toSeconds()));
			}
			finally {
				successor.close();
				killed.close();
			}
		}
	}

	@Test
	@Proves("F67")
	void processThatLivesStaysAConflict() throws IOException {
		try (EtcdServer etcd = EtcdServer.started();
				EtcdProcess first = EtcdProcess.at(etcd.endpoint());
				EtcdProcess second = EtcdProcess.at(etcd.endpoint());
				ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			first.registered(named("orders-0", server.getLocalPort()));
			// listens not, but is renewed
			first.registered(named("orders-1", FreePorts.next()));
			Registration heard = second.registry.registrar().register(named("orders-0", FreePorts.next()));
			Registration renewed = second.registry.registrar().register(named("orders-1", FreePorts.next()));
			Conditions.await(Duration.ofSeconds(60)).until(() -> heard.status().state() == State.CONFLICT);
			Conditions.await(Duration.ofSeconds(60)).until(() -> renewed.status().state() == State.CONFLICT);
		}
	}

	@Test
	@Tag("long")
	@Tag("long-1")
	@Proves("F63")
	void permissionToReadThatIsGoneForAWhileCostsNoKey(TestReporter reporter) {
		try (EtcdServer etcd = withUsers();
				EtcdRegistry server = new EtcdRegistry(server(etcd), DiscoveryObserver.NONE);
				EtcdRegistry client = new EtcdRegistry(client(etcd), DiscoveryObserver.NONE)) {
			Registration registration = registered(server, ORDERS);
			RecordingListener watcher = following(client);
			try (EtcdWatch witness = etcd.watch("orders/")) {
				etcd.etcdctl("role", "grant-permission", "orders", "write", "orders/", "--prefix=true");
				Conditions.await(Duration.ofSeconds(90))
					.during(Duration.ofSeconds(40))
					.untilAsserted(() -> assertThat(witness.events()).isEmpty());
				assertThat(registration.status().lastError()).contains("permission denied for user 'orders'");
				etcd.etcdctl("role", "grant-permission", "orders", "readwrite", "orders/", "--prefix=true");
				double seconds = untilRegistered(registration);
				assertThat(witness.events()).isEmpty();
				reporter.publishEntry(Proves.MEASURED,
						"read permission away for 40 s: 0 deletes, confirmed %.1f s after its return"
							.formatted(seconds));
			}
			assertThat(watcher.lists()).noneMatch(List::isEmpty);
		}
	}

	/** Since 3.5.28 etcd renews no lease for a user who may not write its keys. */
	@Test
	@Tag("long")
	@Tag("long-1")
	@Proves("F63")
	void permissionToWriteThatIsGoneForAWhileIsAskedForUntilItIsBack(TestReporter reporter) throws IOException {
		try (EtcdServer etcd = withUsers();
				EtcdRegistry server = new EtcdRegistry(server(etcd), DiscoveryObserver.NONE);
				EtcdRegistry client = new EtcdRegistry(client(etcd), DiscoveryObserver.NONE);
				ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			Registration registration = registered(server,
					ServiceInstance.of("orders", "127.0.0.1", listening.getLocalPort()));
			RecordingListener watcher = following(client);
			try (EtcdWatch witness = etcd.watch("orders/")) {
				// shorter than what is left of a lease that was about to be renewed
				without(etcd, Duration.ofSeconds(4));
				untilRegistered(registration);
				assertThat(witness.events()).isEmpty();
				without(etcd, Duration.ofSeconds(20));
				double seconds = untilRegistered(registration);
				assertThat(seconds).isLessThan(Conditions.scaled(Duration.ofSeconds(20)).toSeconds());
				reporter.publishEntry(Proves.MEASURED, "all permissions away for 20 s: %d deletes, back after %.1f s"
					.formatted(witness.deletes(), seconds));
			}
			assertThat(watcher.lists()).noneMatch(List::isEmpty);
		}
	}

	private static void without(EtcdServer etcd, Duration time) {
		etcd.etcdctl("role", "revoke-permission", "orders", "orders/", "--prefix=true");
		Conditions.await(time.multipliedBy(3)).during(time).until(() -> true);
		etcd.etcdctl("role", "grant-permission", "orders", "readwrite", "orders/", "--prefix=true");
	}

	private static double untilRegistered(Registration registration) {
		long start = System.nanoTime();
		Conditions.await(Duration.ofSeconds(60)).until(() -> registration.status().state() == State.REGISTERED);
		return (System.nanoTime() - start) / 1e9;
	}

	private static EtcdServer withUsers() {
		EtcdServer etcd = EtcdServer.started();
		etcd.addUser("orders", "s3cret-one", "orders", "orders/", "readwrite");
		etcd.addUser("client", "s3cret-two", "client", "orders/", "read");
		etcd.enableAuth("root-pa55-w0rd");
		return etcd;
	}

	private static EtcdSettings server(EtcdServer etcd) {
		return EtcdSettings.builder(etcd.endpoint()).credentials("orders", "s3cret-one").build();
	}

	private static EtcdSettings client(EtcdServer etcd) {
		return EtcdSettings.builder(etcd.endpoint()).credentials("client", "s3cret-two").build();
	}

	private static RecordingListener following(EtcdRegistry registry) {
		RecordingListener listener = new RecordingListener();
		registry.discovery().watch("orders", listener);
		Conditions.await(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(EtcdProcess.ports(listener)).isNotEmpty());
		return listener;
	}

	private static ServiceInstance named(String id, int port) {
		return ServiceInstance.builder("orders", "127.0.0.1", port).id(id).build();
	}

	private static Registration registered(EtcdRegistry registry, ServiceInstance instance) {
		Registration registration = registry.registrar().register(instance);
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		return registration;
	}

}
