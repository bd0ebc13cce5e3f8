package io.github.grpcdiscovery.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.EtcdWatch;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** Credentials that end while we use them. */
@Tag("long")
@Tag("long-4")
class EtcdAuthFaultTests {

	private static final ServiceInstance ORDERS = ServiceInstance.of("orders", "127.0.0.1", 9090);

	private static final Duration TOKEN_TTL = Duration.ofSeconds(4);

	@Test
	@Proves("F27")
	void tokensThatExpireAreReplacedAndNobodySeesIt(TestReporter reporter) {
		try (EtcdServer etcd = EtcdServer.builder().authTokenTtl(TOKEN_TTL).start()) {
			etcd.addUser("orders", "s3cret-one", "orders", "orders/", "readwrite");
			etcd.enableAuth("root-pa55-w0rd");
			EtcdSettings settings = EtcdSettings.builder(etcd.endpoint())
				.ttl(EtcdFixture.TTL)
				.credentials("orders", "s3cret-one")
				.build();
			try (EtcdProcess process = new EtcdProcess(settings)) {
				Registration registration = process.registered(ORDERS);
				RecordingListener watcher = process.following("orders", 1);
				int before = authentications(etcd);
				Duration watched = TOKEN_TTL.multipliedBy(8);
				try (EtcdWatch witness = etcd.watch("orders/127")) {
					Conditions.await(Duration.ofMinutes(2))
						.during(watched)
						.untilAsserted(() -> assertThat(witness.deletes()).isZero());
				}
				int made = authentications(etcd) - before;
				assertThat(registration.status().registrations()).isEqualTo(1);
				assertThat(watcher.lists()).hasSize(1);
				// etcdctl, which asks as root in between, authenticates each time; it is
				// not counted on
				assertThat(made).isLessThan(8 * 2 + 10);
				reporter.publishEntry(Proves.MEASURED, "%d authentications in %d s, tokens of %d s".formatted(made,
						watched.toSeconds(), TOKEN_TTL.toSeconds()));
			}
		}
	}

	@Test
	@Proves({ "F28", "F64" })
	void passwordThatIsChangedKeepsTheListAndIsTriedThreeTimesAMinute(TestReporter reporter) {
		try (EtcdServer etcd = EtcdServer.started()) {
			etcd.addUser("orders", "s3cret-one", "orders", "orders/", "readwrite");
			etcd.enableAuth("root-pa55-w0rd");
			EtcdSettings settings = EtcdSettings.builder(etcd.endpoint())
				.ttl(Duration.ofSeconds(10))
				.credentials("orders", "s3cret-one")
				.build();
			try (EtcdProcess process = new EtcdProcess(settings)) {
				Registration registration = process.registered(ORDERS);
				process.registered(ServiceInstance.of("orders", "127.0.0.1", 9091));
				RecordingListener watcher = process.following("orders", 2);
				etcd.changePassword("orders", "s3cret-two");
				// the tokens go with the process that gave them
				etcd.restart();
				long start = System.nanoTime();
				Conditions.await(Duration.ofSeconds(60))
					.until(() -> registration.status().state() == State.RETRYING
							&& registration.status().lastError().contains("refused to authenticate user 'orders'"));
				Conditions.await(Duration.ofMinutes(3))
					.pollInterval(Duration.ofSeconds(1))
					.until(() -> System.nanoTime() - start > Duration.ofSeconds(60).toNanos());
				int made = authentications(etcd);
				assertThat(watcher.lists()).noneMatch((list) -> list.isEmpty());
				// since etcd's start; after more than a minute on a slow machine, one
				// more
				double minutes = (System.nanoTime() - start) / 60e9;
				assertThat(made).isLessThanOrEqualTo((int) Math.ceil(3 * minutes));
				assertThat(registration.status().lastError()).doesNotContain("s3cret");
				reporter.publishEntry(Proves.MEASURED,
						"%d authentications in %.0f s, two registrations and a watch".formatted(made, minutes * 60));
				long changedBack = System.nanoTime();
				etcd.changePassword("orders", "s3cret-one");
				Conditions.await(Duration.ofSeconds(60)).until(() -> registration.status().state() == State.REGISTERED);
				reporter.publishEntry(Proves.MEASURED, "changed back, registered again after %.0f s"
					.formatted((System.nanoTime() - changedBack) / 1e9));
			}
		}
	}

	@Test
	@Proves("F27")
	void signedTokensThatExpireAreReplacedWithoutAWarning(@TempDir Path directory, TestReporter reporter)
			throws IOException {
		Path key = Files.writeString(directory.resolve("key"), "0123456789abcdef0123456789abcdef");
		Logger jetcd = (Logger) LoggerFactory.getLogger("io.etcd");
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		jetcd.addAppender(log);
		try (EtcdServer etcd = EtcdServer.builder()
			.args("--auth-token=jwt,priv-key=%s,sign-method=HS256,ttl=7s".formatted(key))
			.start()) {
			etcd.addUser("orders", "s3cret-one", "orders", "orders/", "readwrite");
			etcd.enableAuth("root-pa55-w0rd");
			EtcdSettings settings = EtcdSettings.builder(etcd.endpoint())
				.ttl(Duration.ofSeconds(5))
				.credentials("orders", "s3cret-one")
				.build();
			try (EtcdProcess process = new EtcdProcess(settings)) {
				Registration registration = process.registered(ORDERS);
				RecordingListener watcher = process.following("orders", 1);
				int before = authentications(etcd);
				try (EtcdWatch witness = etcd.watch("orders/127")) {
					Conditions.await(Duration.ofMinutes(2))
						.during(Duration.ofSeconds(36))
						.untilAsserted(() -> assertThat(witness.events()).isEmpty());
				}
				int made = authentications(etcd) - before;
				assertThat(registration.status().registrations()).isEqualTo(1);
				assertThat(watcher.lists()).hasSize(1);
				assertThat(made).isBetween(4, 12);
				assertThat(List.copyOf(log.list)).noneMatch((event) -> event.getLevel().isGreaterOrEqual(Level.WARN));
				reporter.publishEntry(Proves.MEASURED,
						"%d authentications in 36 s, signed tokens of 7 s".formatted(made));
			}
		}
		finally {
			jetcd.detachAppender(log);
		}
	}

	@Test
	@Proves("F65")
	void authenticationThatIsSwitchedOffAndOnAgainIsFollowed(TestReporter reporter) {
		try (CapturedLog log = new CapturedLog(EtcdTokens.class); EtcdServer etcd = EtcdServer.started()) {
			EtcdSettings settings = EtcdSettings.builder(etcd.endpoint())
				.ttl(EtcdFixture.TTL)
				.credentials("orders", "s3cret-one")
				.build();
			try (EtcdProcess process = new EtcdProcess(settings)) {
				Registration registration = process.registered(ORDERS);
				RecordingListener watcher = process.following("orders", 1);
				assertThat(log.warnings()).singleElement()
					.asString()
					.contains("has authentication switched off; going on without user 'orders'", "etcdctl auth enable");
				etcd.addUser("orders", "s3cret-one", "orders", "orders/", "readwrite");
				etcd.enableAuth("root-pa55-w0rd");
				try (EtcdWatch witness = etcd.watch("orders/127")) {
					quiet(witness);
					etcd.disableAuth();
					quiet(witness);
					// the tokens go with the process that gave them
					etcd.restart();
					quiet(witness);
				}
				etcd.put("orders/later", "{\"Addr\":\"127.0.0.1:1\"}");
				Conditions.await(Duration.ofSeconds(60))
					.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).containsExactly(1, 9090));
				assertThat(registration.status().state()).isEqualTo(State.REGISTERED);
				assertThat(watcher.lists()).noneMatch(List::isEmpty);
				reporter.publishEntry(Proves.MEASURED,
						"off, on, off: 0 deletes, %d warnings".formatted(log.warnings().size()));
			}
		}
	}

	private static void quiet(EtcdWatch witness) {
		Conditions.await(Duration.ofMinutes(1))
			.during(EtcdFixture.TTL.multipliedBy(3))
			.untilAsserted(() -> assertThat(witness.deletes()).isZero());
	}

	private static int authentications(EtcdServer etcd) {
		return EtcdMetrics.handled(etcd, "Authenticate");
	}

}
