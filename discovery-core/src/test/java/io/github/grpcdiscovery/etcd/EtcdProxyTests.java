package io.github.grpcdiscovery.etcd;

import java.time.Duration;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdProxy;
import io.github.grpcdiscovery.testsupport.EtcdServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Registrations through {@code etcd grpc-proxy}, which answers renewals at a pace of its
 * own.
 */
class EtcdProxyTests {

	@Test
	@Tag("long")
	@Tag("long-4")
	void registrationGoesOnThroughAProxy() {
		try (EtcdServer etcd = EtcdServer.started();
				EtcdProxy proxy = EtcdProxy.to(etcd);
				EtcdProcess process = new EtcdProcess(EtcdSettings.of(proxy.endpoint()))) {
			Registration registration = process.registered(ServiceInstance.of("orders", "127.0.0.1", 9001));
			long revision = etcd.revision();
			try (CapturedLog log = new CapturedLog("io.github.grpcdiscovery")) {
				long start = System.nanoTime();
				Conditions.await(Duration.ofSeconds(120))
					.pollInterval(Duration.ofSeconds(1))
					.until(() -> registration.status().state() != State.REGISTERED
							|| System.nanoTime() - start > Duration.ofSeconds(60).toNanos());
				assertThat(log.warnings()).isEmpty();
			}
			assertThat(registration.status().registrations()).isEqualTo(1);
			assertThat(etcd.revision()).as("written once").isEqualTo(revision);
		}
	}

}
