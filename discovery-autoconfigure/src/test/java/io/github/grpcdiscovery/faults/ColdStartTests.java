package io.github.grpcdiscovery.faults;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.etcd.EtcdRegistry;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.snapshot.SnapshotFiles;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** A client is started while the registry is away. */
@Timeout(300)
class ColdStartTests {

	private static final ServiceInstance INSTANCE = ServiceInstance.of("echo", "127.0.0.1", 9001);

	@TempDir
	private Path directory;

	@Test
	@Proves("F4")
	void isServedByTheSnapshotOfTheProcessBeforeAndThenByTheRegistry() {
		try (EtcdServer etcd = EtcdServer.started(); EtcdRegistry server = registry(etcd, null)) {
			Registration registration = server.registrar().register(INSTANCE);
			assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
			runOnce(etcd);
			etcd.kill();
			try (SnapshotFiles files = files(); EtcdRegistry cold = registry(etcd, files)) {
				RecordingListener listener = new RecordingListener();
				long began = System.nanoTime();
				cold.discovery().watch("echo", listener);
				Conditions.eventually(() -> assertThat(listener.last()).containsExactly(INSTANCE));
				assertThat(Duration.ofNanos(System.nanoTime() - began))
					.isLessThan(Conditions.scaled(Duration.ofSeconds(10)));
				assertThat(listener.unavailable()).isEmpty();
				assertThat(status(cold).staleSince()).isNotNull();
				assertThat(status(cold).connected()).isFalse();
				etcd.start();
				Conditions.await(Duration.ofSeconds(60)).until(() -> status(cold).connected());
				Conditions.eventually(() -> assertThat(status(cold).staleSince()).isNull());
				assertThat(listener.lists()).hasSize(1);
				ServiceInstance second = ServiceInstance.of("echo", "127.0.0.1", 9002);
				try (Registration another = server.registrar().register(second)) {
					Conditions.eventually(() -> assertThat(listener.last()).containsExactly(INSTANCE, second));
				}
			}
		}
	}

	private void runOnce(EtcdServer etcd) {
		try (SnapshotFiles files = files(); EtcdRegistry client = registry(etcd, files)) {
			RecordingListener listener = new RecordingListener();
			client.discovery().watch("echo", listener);
			Conditions.eventually(() -> assertThat(listener.lists()).isEqualTo(List.of(List.of(INSTANCE))));
		}
	}

	private static WatchStatus status(EtcdRegistry registry) {
		return registry.discovery().watches().get(0);
	}

	private SnapshotFiles files() {
		return new SnapshotFiles(this.directory.resolve("snapshots"), Duration.ofHours(1), Clock.systemUTC());
	}

	private static EtcdRegistry registry(EtcdServer etcd, SnapshotFiles files) {
		WatchSettings watch = (files != null) ? WatchSettings.builder().snapshots(files).build()
				: WatchSettings.DEFAULT;
		return new EtcdRegistry(EtcdSettings.of(etcd.endpoint()), watch, Backoff.DEFAULT, DiscoveryObserver.NONE);
	}

}
