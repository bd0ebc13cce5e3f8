package io.github.grpcdiscovery.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ManagedProcess;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The registry between real processes, which are killed, asked to end and paused.
 */
class LocalProcessesTests {

	private static final ServiceInstance ONE = ServiceInstance.of("svc", "127.0.0.1", 9001);

	private static final ServiceInstance TWO = ServiceInstance.of("svc", "127.0.0.1", 9002);

	@TempDir
	Path directory;

	private final RecordingListener watcher = new RecordingListener();

	private LocalRegistry registry;

	@BeforeEach
	void watch() {
		this.registry = new LocalRegistry(new LocalSettings(this.directory, LocalProcess.TTL, Duration.ofMillis(100)),
				LocalRegistry.DEFAULT_WATCH_SETTINGS, DiscoveryObserver.NONE);
		this.registry.discovery().watch("svc", this.watcher);
		Conditions.eventually(() -> assertThat(this.watcher.last()).isEmpty());
	}

	@AfterEach
	void close() {
		this.registry.close();
		this.watcher.assertPromisesKept();
	}

	@Test
	void killedProcessGoesAfterItsTtlAndTheOtherStays() {
		try (ManagedProcess one = LocalProcess.start(this.directory, ONE);
				ManagedProcess two = LocalProcess.start(this.directory, TWO)) {
			Conditions.eventually(() -> assertThat(this.watcher.last()).containsExactly(ONE, TWO));
			one.kill();
			assertThat(this.directory.resolve("svc").resolve(InstanceFile.fileName(ONE.id()))).exists();
			Conditions.eventually(() -> assertThat(this.watcher.last()).containsExactly(TWO));
			assertThat(two.isAlive()).isTrue();
		}
	}

	@Test
	void processThatIsAskedToEndGoesAtOnceAndLeavesNothing() throws Exception {
		try (ManagedProcess one = LocalProcess.start(this.directory, ONE)) {
			Conditions.eventually(() -> assertThat(this.watcher.last()).containsExactly(ONE));
			one.terminate();
			one.waitForExit(Duration.ofMinutes(1));
			try (var files = Files.list(this.directory.resolve("svc"))) {
				assertThat(files).isEmpty();
			}
			Conditions.eventually(() -> assertThat(this.watcher.last()).isEmpty());
		}
	}

	@Test
	@Proves("F18")
	void pausedProcessGoesAndComesBack() {
		try (ManagedProcess one = LocalProcess.start(this.directory, ONE)) {
			Conditions.eventually(() -> assertThat(this.watcher.last()).containsExactly(ONE));
			one.pause();
			Conditions.eventually(() -> assertThat(this.watcher.last()).isEmpty());
			one.resume();
			Conditions.eventually(() -> assertThat(this.watcher.last()).containsExactly(ONE));
			assertThat(this.watcher.lists()).containsSubsequence(List.of(ONE), List.of(), List.of(ONE));
		}
	}

	@Test
	void killedProcessThatIsStartedAgainTakesItsPlace() {
		try (ManagedProcess one = LocalProcess.start(this.directory, ONE)) {
			Conditions.eventually(() -> assertThat(this.watcher.last()).containsExactly(ONE));
			one.kill();
		}
		try (ManagedProcess again = LocalProcess.start(this.directory, ONE)) {
			assertThat(again.isAlive()).isTrue();
			Conditions.eventually(() -> assertThat(this.watcher.last()).containsExactly(ONE));
		}
	}

}
