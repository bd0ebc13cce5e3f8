package io.github.grpcdiscovery.etcd;

import java.time.Duration;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

import io.github.grpcdiscovery.RecordingListener;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
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
			EtcdSettings settings = EtcdSettings.of(etcd.endpoint())
				.withTtl(EtcdFixture.TTL)
				.withCredentials("orders", "s3cret-one");
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
	@Proves("F28")
	void passwordThatIsChangedKeepsTheListAndIsNotTriedOften(TestReporter reporter) {
		try (EtcdServer etcd = EtcdServer.started()) {
			etcd.addUser("orders", "s3cret-one", "orders", "orders/", "readwrite");
			etcd.enableAuth("root-pa55-w0rd");
			EtcdSettings settings = EtcdSettings.of(etcd.endpoint())
				.withTtl(Duration.ofSeconds(10))
				.withCredentials("orders", "s3cret-one");
			try (EtcdProcess process = new EtcdProcess(settings)) {
				Registration registration = process.registered(ORDERS);
				RecordingListener watcher = process.following("orders", 1);
				etcd.changePassword("orders", "s3cret-two");
				// the tokens go with the process that gave them
				etcd.restart();
				Conditions.await(Duration.ofSeconds(60))
					.until(() -> registration.status().state() == State.RETRYING
							&& registration.status().lastError().contains("refused to authenticate user 'orders'"));
				int before = authentications(etcd);
				Conditions.await(Duration.ofSeconds(60))
					.during(Duration.ofSeconds(15))
					.untilAsserted(() -> assertThat(watcher.lists()).noneMatch((list) -> list.isEmpty()));
				int made = authentications(etcd) - before;
				// the tests' long interval is two seconds; registering and following are
				// two
				assertThat(made).isLessThan(40);
				assertThat(registration.status().lastError()).doesNotContain("s3cret");
				reporter.publishEntry(Proves.MEASURED,
						made + " authentications in 15 s, at the tests' interval of 2 s");
				etcd.changePassword("orders", "s3cret-one");
				EtcdProcess.isRegisteredAgain(registration, registration.status().registrations() + 1);
			}
		}
	}

	private static int authentications(EtcdServer etcd) {
		return EtcdMetrics.handled(etcd, "Authenticate");
	}

}
